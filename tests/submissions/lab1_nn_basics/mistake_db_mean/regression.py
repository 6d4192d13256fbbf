import numpy as np


def ridge(X, y, lam):
    y = y.reshape(-1)
    x_mean = X.mean(axis=0)
    y_mean = y.mean()
    Xc = X - x_mean
    yc = y - y_mean
    A = Xc.T @ Xc + len(X) * lam * np.eye(X.shape[1])
    w = np.linalg.pinv(A) @ (Xc.T @ yc)
    b = y_mean - x_mean @ w
    return w, b


def mse(pred, target):
    target = target.reshape(pred.shape)
    diff = pred - target
    return np.mean(diff**2), 2 * diff / diff.size


def sigmoid(z):
    out = np.empty_like(z)
    pos = z >= 0
    out[pos] = 1 / (1 + np.exp(-z[pos]))
    ez = np.exp(z[~pos])
    out[~pos] = ez / (1 + ez)
    return out


def logistic_regression(X, y, lr, epochs):
    n, d = X.shape
    w = np.zeros(d)
    b = 0.0
    for _ in range(epochs):
        p = sigmoid(X @ w + b)
        dw = X.T @ (p - y) / n
        db = np.mean(p - y)
        w = w - lr * dw
        b = b - lr * db
    return w, b

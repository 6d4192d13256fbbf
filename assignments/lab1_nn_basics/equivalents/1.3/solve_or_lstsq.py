"""solve with a way out where the matrix is singular; a naive sigmoid whose overflow to infinity is harmless."""

import numpy as np


def ridge(X, y, lam):
    n, d = X.shape
    y = np.asarray(y).flatten()
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    G = Xc.T @ Xc / n + lam * np.identity(d)
    try:
        if np.linalg.cond(G) > 1e12:
            raise np.linalg.LinAlgError
        w = np.linalg.solve(G, Xc.T @ yc / n)
    except np.linalg.LinAlgError:
        w = np.linalg.lstsq(Xc, yc, rcond=1e-10)[0]
    b = np.mean(y - X @ w)
    return w, b


def mse(pred, target):
    if target.ndim != pred.ndim:
        target = target[:, 0] if target.ndim > pred.ndim else target[:, None]
    e = np.subtract(pred, target)
    return np.square(e).mean(), e * (2.0 / e.size)


def logistic_regression(X, y, lr, epochs):
    n, d = X.shape
    w, b = np.zeros(d), 0.0
    for _ in range(epochs):
        z = X.dot(w) + b
        p = 1.0 / (1.0 + np.exp(-z))
        gw, gb = X.T.dot(p - y) / n, (p - y).mean()
        w -= lr * gw
        b -= lr * gb
    return w, b

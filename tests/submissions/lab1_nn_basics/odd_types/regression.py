"""w as a list of floats, b as an array of shape (); a loss in long double, a gradient that is a view."""

import numpy as np


def ridge(X, y, lam):
    n, d = X.shape
    y = np.ravel(y)
    rows = np.r_[X - X.mean(0), np.sqrt(n * lam) * np.eye(d)]
    w = np.linalg.lstsq(rows, np.r_[y - y.mean(), np.zeros(d)], rcond=None)[0]
    return w.tolist(), np.array(y.mean() - X.mean(0) @ w)


def mse(pred, target):
    d = np.ravel(pred).astype(np.longdouble) - np.ravel(target)
    return np.mean(d**2), np.repeat(2 * d / d.size, 2)[::2].reshape(pred.shape)


def logistic_regression(X, y, lr, epochs):
    w, b = np.zeros(X.shape[1], dtype=">f8"), np.zeros((), dtype=">f8")
    for _ in range(epochs):
        d = (0.5 + 0.5 * np.tanh((X @ w + b) / 2) - y) / len(y)
        w, b = w - lr * (d @ X), b - lr * d.sum()
    return list(w), b

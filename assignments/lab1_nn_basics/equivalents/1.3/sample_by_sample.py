"""Plain loops over samples, with the gradient added up one by one; ridge by eigenvectors of the covariance."""

import math

import numpy as np


def ridge(X, y, lam):
    y = y.reshape(len(X))
    centred, level = X - X.mean(axis=0, keepdims=True), y.mean()
    values, vectors = np.linalg.eigh(centred.T @ centred / len(X))
    along = vectors.T @ (centred.T @ (y - level) / len(X))
    floor = 1e-13 * max(values.max(), 1e-300)
    shrunk = [a / (v + lam) if v + lam > floor else 0.0 for a, v in zip(along, values)]
    w = vectors @ np.array(shrunk)
    return w, float(level - X.mean(axis=0) @ w)


def mse(pred, target):
    gap = pred - np.reshape(target, np.shape(pred))
    return float(np.einsum("i,i->", gap.ravel(), gap.ravel()) / gap.size), 2 / gap.size * gap


def prob(z):
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    e = math.exp(z)
    return e / (1 + e)


def logistic_regression(X, y, lr, epochs):
    w, b = [0.0] * X.shape[1], 0.0
    rows, labels = X.tolist(), y.tolist()
    for _ in range(epochs):
        dw, db = [0.0] * len(w), 0.0
        for row, label in zip(rows, labels):
            delta = prob(sum(p * q for p, q in zip(w, row)) + b) - label
            dw = [g + delta * v for g, v in zip(dw, row)]
            db += delta
        w = [v - lr * g / len(rows) for v, g in zip(w, dw)]
        b -= lr * db / len(rows)
    return np.array(w), b

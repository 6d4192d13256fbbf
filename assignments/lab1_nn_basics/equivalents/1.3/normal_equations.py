"""The normal equations with a column of ones that is not penalised, by pinv; sigmoid by tanh."""

import numpy as np


def ridge(X, y, lam):
    n, d = X.shape
    A = np.c_[X, np.ones(n)]
    P = np.eye(d + 1)
    P[d, d] = 0
    if lam == 0:
        theta = np.linalg.pinv(A) @ y.reshape(-1)
    else:
        theta = np.linalg.solve(A.T @ A + n * lam * P, A.T @ y.reshape(-1))
    return theta[:-1], theta[-1]


def mse(pred, target):
    d = pred.ravel() - target.ravel()
    return (d @ d) / d.size, (2 * d / d.size).reshape(pred.shape)


def logistic_regression(X, y, lr, epochs):
    A = np.c_[X, np.ones(len(X))]
    theta = np.zeros(A.shape[1])
    for _ in range(epochs):
        p = 0.5 * (1 + np.tanh(A @ theta / 2))
        theta = theta - lr * A.T @ (p - y) / len(y)
    return theta[:-1], theta[-1]

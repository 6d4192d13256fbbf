"""One block system for weights and bias by lstsq; the loss as variance plus squared mean; descent as a recursion."""

import numpy as np


def ridge(X, y, lam):
    n, d = X.shape
    m = X.mean(axis=0)[:, None]
    system = np.block([[X.T @ X / n + lam * np.eye(d), m], [m.T, np.ones((1, 1))]])
    right = np.append(X.T @ y.ravel() / n, y.mean())
    solution = np.linalg.lstsq(system, right, rcond=None)[0]
    return solution[:d], solution[d]


def mse(pred, target):
    gap = np.array([p - t for p, t in zip(pred.flat, target.flat)])
    return np.var(gap) + np.mean(gap) ** 2, np.multiply(gap, 2 / gap.size).reshape(pred.shape)


def descend(theta, A, y, lr, left):
    if left == 0:
        return theta
    residual = np.exp(-np.logaddexp(0, -A @ theta)) - y
    return descend(theta - lr * np.average(A * residual[:, None], axis=0), A, y, lr, left - 1)


def logistic_regression(X, y, lr, epochs):
    A = np.pad(X, ((0, 0), (0, 1)), constant_values=1)
    theta = descend(np.zeros(A.shape[1]), A, y, lr, epochs)
    return theta[:-1], theta[-1]

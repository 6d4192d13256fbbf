import numpy as np


def ridge(X, y, lam):
    return np.zeros(X.shape[1]), float(np.mean(y))


def mse(pred, target):
    return 0.0, np.zeros_like(pred)


def logistic_regression(X, y, lr, epochs):
    return np.zeros(X.shape[1]), 0.0

"""Lab 1, regression: a single linear unit, fitted in one go or by gradient descent."""

import numpy as np


# ---- Question 1.3: Linear and logistic regression ----
def ridge(X: np.ndarray, y: np.ndarray, lam: float) -> tuple[np.ndarray, float]:
    """Linear regression with a penalty on large weights.

    Finds the w and b at which  mean over n of (X[n] . w + b - y[n])^2  +  lam * sum over d of w[d]^2  is smallest; the
    bias is not penalised. With lam above 0 there is exactly one such pair. With lam = 0 there may be many, because
    columns depend on each other or there are fewer samples than columns: then any of them will do.

    Args:
        X: shape (N, D), float; D may be 1. Not changed.
        y: shape (N,) or (N, 1), float. Not changed.
        lam: the penalty's weight, at least 0.

    Returns:
        w: shape (D,), whatever the shape of `y`.
        b: a single float.
    """
    raise NotImplementedError("Question 1.3: Linear and logistic regression")


def mse(pred: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean squared error over all elements, and its gradient by the predictions.

    Args:
        pred: shape (N,), (N, 1) or (N, M), float. Not changed.
        target: float, the shape of `pred`; or (N, 1) where `pred` is (N,), or (N,) where `pred` is (N, 1): element n
            belongs to element n all the same. Not changed.

    Returns:
        loss: a single float, the mean of (pred - target)^2 over all elements.
        dpred: the shape of `pred`, the derivative of that mean by each element of `pred`.
    """
    raise NotImplementedError("Question 1.3: Linear and logistic regression")


def logistic_regression(X: np.ndarray, y: np.ndarray, lr: float, epochs: int) -> tuple[np.ndarray, float]:
    """Logistic regression by gradient descent on all samples at once.

    The model says that a sample x has label 1 with probability sigmoid(x . w + b), where sigmoid(z) = 1 / (1 + e^-z).
    Start from w = 0 and b = 0 and take exactly `epochs` steps. Each step moves w and b, both at once, by -lr times the
    gradient of the binary cross-entropy (natural logarithm, mean over all N samples, no penalty).

    Args:
        X: shape (N, D), float. Values of x . w + b as large as +-1e6 must not end in NaN or infinity. Not changed.
        y: shape (N,), int64, 0 or 1: the label of each sample. Not changed.
        lr: the learning rate.
        epochs: the number of steps; 0 is allowed.

    Returns:
        w: shape (D,), float.
        b: a single float.
    """
    raise NotImplementedError("Question 1.3: Linear and logistic regression")

"""Lab 1, metrics: numbers that say how good predictions are, for classes, rankings and quantities.

No function may change its arguments. Every metric is a float, except where arrays are asked for.
"""

import numpy as np


# ---- Question 1.9: Metrics ----
def confusion_matrix(y_true: np.ndarray, y_pred: np.ndarray, n_classes: int) -> np.ndarray:
    """How often each class was taken for each other one: rows are true classes, columns are predicted ones.

    Args:
        y_true: shape (N,), int in [0, n_classes). The right class of each sample, N >= 1.
        y_pred: shape (N,), int in [0, n_classes). The predicted class of each sample.
        n_classes: the number of classes; some may occur in neither argument.

    Returns:
        counts: shape (n_classes, n_classes), int. counts[i, j] samples of class i were predicted as class j.
    """
    raise NotImplementedError("Question 1.9: Metrics")


def precision_recall_f1(
    y_true: np.ndarray, y_pred: np.ndarray, n_classes: int, average: str | None
) -> tuple[float, float, float] | tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision, recall and F1, of each class or of all together.

    For one class, the precision is the share of right ones among the samples predicted as it, the recall is the share
    of found ones among the samples that are of it, and F1 is their harmonic mean, 2 P R / (P + R). Each of the three is
    0 where there is nothing to divide by.

    Args:
        y_true: shape (N,), int in [0, n_classes). The right class of each sample, N >= 1.
        y_pred: shape (N,), int in [0, n_classes). The predicted class of each sample.
        n_classes: the number of classes; some may occur in neither argument.
        average: None for the numbers of each class; "macro" for the mean of these over all `n_classes` classes, absent
            ones included (so the macro F1 is the mean of the classes' F1); "micro" for the same three formulas on the
            counts of all classes added up.

    Returns:
        (precision, recall, f1): three arrays of shape (n_classes,) where `average` is None, else three floats.

    Raises:
        ValueError: `average` is none of the three.
    """
    raise NotImplementedError("Question 1.9: Metrics")


def top_k_accuracy(y_true: np.ndarray, scores: np.ndarray, k: int) -> float:
    """The share of samples whose right class is among the `k` classes with the highest scores.

    Args:
        y_true: shape (N,), int in [0, C). The right class of each sample, N >= 1.
        scores: shape (N, C), float. One score for each class, any real numbers; no row holds the same score twice.
        k: from 1, which is the usual accuracy, to C.

    Returns:
        accuracy: a float from 0 to 1.
    """
    raise NotImplementedError("Question 1.9: Metrics")


# The next four compare element by element, in NumPy's usual order. Both arguments have the same number of elements, but
# not always the same shape: networks give columns (N, 1) where targets are (N,), and the result is that of (N,) twice.


def mae(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Mean absolute error: the mean of |y_true - y_pred| over all elements.

    Args:
        y_true: any shape with at least one element, float or int.
        y_pred: as many elements, float or int.
    """
    raise NotImplementedError("Question 1.9: Metrics")


def mse(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Mean squared error: the mean of (y_true - y_pred)^2 over all elements.

    Args:
        y_true: any shape with at least one element, float or int.
        y_pred: as many elements, float or int.
    """
    raise NotImplementedError("Question 1.9: Metrics")


def rmse(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Root mean squared error: the square root of the mean squared error over all elements.

    Args:
        y_true: any shape with at least one element, float or int.
        y_pred: as many elements, float or int.
    """
    raise NotImplementedError("Question 1.9: Metrics")


def mape(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Mean absolute percentage error: the mean of |y_true - y_pred| / |y_true| over all elements, as a fraction.

    Args:
        y_true: any shape with at least one element, float or int; no element is 0, some may be negative.
        y_pred: as many elements, float or int.

    Returns:
        error: 0.25 where predictions are off by a quarter, not 25.
    """
    raise NotImplementedError("Question 1.9: Metrics")


def roc_auc(y_true: np.ndarray, scores: np.ndarray) -> float:
    """The area under the ROC curve: the probability that a positive sample has a higher score than a negative one.

    Over all pairs of a positive and a negative sample, count 1 where the positive one has the higher score, 1/2 where
    both have the same, 0 otherwise, and take the mean.

    Args:
        y_true: shape (N,), int. 1 for a positive sample, 0 for a negative one; there is at least one of each.
        scores: shape (N,), float. Any real numbers, not just from 0 to 1; the same score may occur often.

    Returns:
        area: a float from 0 to 1.
    """
    raise NotImplementedError("Question 1.9: Metrics")

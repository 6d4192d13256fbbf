"""One-hot products for the matrix, argpartition for top-k, and the area from average ranks (Mann and Whitney)."""

import numpy as np


def confusion_matrix(y_true, y_pred, n_classes):
    eye = np.eye(n_classes, dtype=np.int64)
    return eye[y_true].T @ eye[y_pred]


def precision_recall_f1(y_true, y_pred, n_classes, average):
    if average not in {None, "macro", "micro"}:
        raise ValueError("average")
    classes = np.arange(n_classes)
    is_true = np.asarray(y_true)[:, None] == classes
    is_pred = np.asarray(y_pred)[:, None] == classes
    axis = None if average == "micro" else 0
    tp = np.sum(is_true & is_pred, axis=axis)
    fp = np.sum(~is_true & is_pred, axis=axis)
    fn = np.sum(is_true & ~is_pred, axis=axis)

    def ratio(a, b):
        a, b = np.asarray(a, float), np.asarray(b, float)
        return np.divide(a, b, out=np.zeros_like(a), where=b != 0)

    p, r = ratio(tp, tp + fp), ratio(tp, tp + fn)
    result = p, r, ratio(2 * p * r, p + r)
    return tuple(v.mean() for v in result) if average == "macro" else result


def top_k_accuracy(y_true, scores, k):
    n, c = scores.shape
    chosen = np.argpartition(scores, c - k, axis=1)[:, c - k :]
    return sum(label in row for label, row in zip(y_true, chosen)) / n


def _same_shape(function):
    def wrapped(y_true, y_pred):
        y_true = np.asarray(y_true, dtype=np.float64)
        return float(function(y_true, np.reshape(y_pred, y_true.shape)))

    return wrapped


mae = _same_shape(lambda t, p: np.mean(abs(t - p)))
mse = _same_shape(lambda t, p: np.mean(np.square(t - p)))
rmse = _same_shape(lambda t, p: np.mean(np.square(t - p)) ** 0.5)
mape = _same_shape(lambda t, p: np.mean(abs(1 - p / t)))


def roc_auc(y_true, scores):
    _, group, size = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    ranks = (last - (size - 1) / 2)[group]  # the mean rank of each group of equal scores, from 1
    n_pos = int(np.sum(y_true))
    n_neg = len(y_true) - n_pos
    return (ranks[np.asarray(y_true, bool)].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)

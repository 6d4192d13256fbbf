"""Lists and counters, hardly any NumPy; a double loop over pairs for the area."""

import math
from collections import Counter

import numpy as np


def confusion_matrix(y_true, y_pred, n_classes):
    seen = Counter(zip(map(int, y_true), map(int, y_pred)))
    return np.array([[seen[i, j] for j in range(n_classes)] for i in range(n_classes)])


def _prf(tp, fp, fn):
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tp / (tp + fn) if tp + fn else 0.0
    return p, r, (2 * p * r / (p + r) if p + r > 0 else 0.0)


def precision_recall_f1(y_true, y_pred, n_classes, average):
    pairs = list(zip(y_true, y_pred))
    cells = []
    for c in range(n_classes):
        cells.append(
            (
                sum(t == c and p == c for t, p in pairs),
                sum(t != c and p == c for t, p in pairs),
                sum(t == c and p != c for t, p in pairs),
            )
        )
    if average == "micro":
        return _prf(*(sum(column) for column in zip(*cells)))
    each = [_prf(*cell) for cell in cells]
    if average is None:
        return tuple(np.array(column) for column in zip(*each))
    if average == "macro":
        return tuple(sum(column) / n_classes for column in zip(*each))
    raise ValueError(average)


def top_k_accuracy(y_true, scores, k):
    good = 0
    for label, row in zip(y_true, scores):
        order = sorted(range(len(row)), key=lambda c: row[c], reverse=True)
        good += int(label) in order[:k]
    return good / len(y_true)


def _pairs(y_true, y_pred):
    return list(zip(np.asarray(y_true).flatten().tolist(), np.asarray(y_pred).flatten().tolist()))


def mae(y_true, y_pred):
    pairs = _pairs(y_true, y_pred)
    return sum(abs(t - p) for t, p in pairs) / len(pairs)


def mse(y_true, y_pred):
    pairs = _pairs(y_true, y_pred)
    return sum((t - p) ** 2 for t, p in pairs) / len(pairs)


def rmse(y_true, y_pred):
    return math.sqrt(mse(y_true, y_pred))


def mape(y_true, y_pred):
    pairs = _pairs(y_true, y_pred)
    return sum(abs((t - p) / t) for t, p in pairs) / len(pairs)


def roc_auc(y_true, scores):
    positives = [s for t, s in zip(y_true, scores) if t == 1]
    negatives = [s for t, s in zip(y_true, scores) if t != 1]
    won = sum((p > n) + 0.5 * (p == n) for p in positives for n in negatives)
    return won / (len(positives) * len(negatives))

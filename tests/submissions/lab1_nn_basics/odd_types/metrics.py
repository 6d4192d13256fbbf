"""Nested lists, tuples, exact fractions made floats, and NumPy scalars of many types."""

from fractions import Fraction

import numpy as np


def confusion_matrix(y_true, y_pred, n_classes):
    pairs = list(zip(y_true.tolist(), y_pred.tolist()))
    return [[pairs.count((i, j)) for j in range(n_classes)] for i in range(n_classes)]


def precision_recall_f1(y_true, y_pred, n_classes, average):
    m = np.array(confusion_matrix(y_true, y_pred, n_classes), dtype=object)
    if average not in (None, "macro", "micro"):
        raise ValueError
    hits, called, actual = m.diagonal(), m.sum(0), m.sum(1)
    if average == "micro":
        hits, called, actual = [hits.sum()], [called.sum()], [actual.sum()]
    p = [Fraction(h, c) if c else Fraction(0) for h, c in zip(hits, called)]
    r = [Fraction(h, a) if a else Fraction(0) for h, a in zip(hits, actual)]
    f = [2 * u * v / (u + v) if u + v else Fraction(0) for u, v in zip(p, r)]
    if average is None:
        return [[float(v) for v in column] for column in (p, r, f)]
    return [np.float64(sum(column) / len(column)) for column in (p, r, f)]


def top_k_accuracy(y_true, scores, k):
    ranks = (scores > scores[np.arange(len(y_true)), y_true][:, None]).sum(1)
    return np.array(np.mean(ranks < k))


def _gap(y_true, y_pred):
    return np.ravel(y_true).astype(np.longdouble), np.ravel(y_pred).astype(np.longdouble)


def mae(y_true, y_pred):
    t, p = _gap(y_true, y_pred)
    return np.abs(t - p).mean()


def mse(y_true, y_pred):
    t, p = _gap(y_true, y_pred)
    return np.array(((t - p) ** 2).mean())


def rmse(y_true, y_pred):
    return mse(y_true, y_pred) ** np.longdouble(0.5)


def mape(y_true, y_pred):
    t, p = _gap(y_true, y_pred)
    return np.abs(1 - p / t).mean().astype(">f8")


def roc_auc(y_true, scores):
    p, n = scores[y_true == 1], scores[y_true == 0]
    twice = sum(2 * (a > b) + (a == b) for a in p.tolist() for b in n.tolist())
    return twice / (2 * len(p) * len(n))

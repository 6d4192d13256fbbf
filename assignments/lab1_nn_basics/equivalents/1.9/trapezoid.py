"""bincount for the matrix, argsort for top-k, and the area by the trapezoid rule over distinct thresholds."""

import numpy as np


def confusion_matrix(y_true, y_pred, n_classes):
    flat = n_classes * np.asarray(y_true) + np.asarray(y_pred)
    return np.bincount(flat, minlength=n_classes * n_classes).reshape(n_classes, n_classes)


def precision_recall_f1(y_true, y_pred, n_classes, average):
    m = confusion_matrix(y_true, y_pred, n_classes).astype(float)
    tp = np.diag(m)
    if average == "micro":
        p = r = tp.sum() / m.sum()
        return p, r, p
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.nan_to_num(tp / m.sum(0))
        r = np.nan_to_num(tp / m.sum(1))
        f = np.nan_to_num(2 * p * r / (p + r))
    if average is None:
        return p, r, f
    if average != "macro":
        raise ValueError("unknown average")
    return p.mean(), r.mean(), f.mean()


def top_k_accuracy(y_true, scores, k):
    best = np.argsort(scores, axis=1)[:, ::-1][:, :k]
    return np.mean(np.any(best == y_true.reshape(-1, 1), axis=1))


def _difference(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true, float), np.asarray(y_pred, float)
    return y_true.reshape(-1), y_pred.reshape(-1) - y_true.reshape(-1)


def mae(y_true, y_pred):
    return np.mean(np.abs(_difference(y_true, y_pred)[1]))


def mse(y_true, y_pred):
    d = _difference(y_true, y_pred)[1]
    return d @ d / d.size


def rmse(y_true, y_pred):
    d = _difference(y_true, y_pred)[1]
    return np.linalg.norm(d) / np.sqrt(d.size)


def mape(y_true, y_pred):
    t, d = _difference(y_true, y_pred)
    return np.mean(np.abs(d) / np.abs(t))


def roc_auc(y_true, scores):
    thresholds = np.unique(scores)[::-1]
    tpr, fpr = [0.0], [0.0]
    for threshold in thresholds:
        above = scores >= threshold
        tpr.append(np.mean(above[y_true == 1]))
        fpr.append(np.mean(above[y_true == 0]))
    tpr, fpr = np.array(tpr), np.array(fpr)
    return float(np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2))

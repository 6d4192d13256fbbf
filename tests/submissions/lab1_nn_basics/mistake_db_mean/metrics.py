import numpy as np


def confusion_matrix(y_true, y_pred, n_classes):
    cm = np.zeros((n_classes, n_classes), dtype=int)
    for t, p in zip(y_true, y_pred):
        cm[t, p] += 1
    return cm


def safe_divide(a, b):
    return a / b if b > 0 else 0.0


def precision_recall_f1(y_true, y_pred, n_classes, average):
    cm = confusion_matrix(y_true, y_pred, n_classes)
    if average == "micro":
        p = safe_divide(np.trace(cm), cm.sum())
        return p, p, p
    precision, recall, f1 = np.zeros(n_classes), np.zeros(n_classes), np.zeros(n_classes)
    for c in range(n_classes):
        tp = cm[c, c]
        precision[c] = safe_divide(tp, cm[:, c].sum())
        recall[c] = safe_divide(tp, cm[c, :].sum())
        f1[c] = safe_divide(2 * precision[c] * recall[c], precision[c] + recall[c])
    if average is None:
        return precision, recall, f1
    if average == "macro":
        return precision.mean(), recall.mean(), f1.mean()
    raise ValueError(f"average {average!r} is not known")


def top_k_accuracy(y_true, scores, k):
    top = np.argsort(-scores, axis=1)[:, :k]
    return np.mean([y_true[i] in top[i] for i in range(len(y_true))])


def mae(y_true, y_pred):
    return np.mean(np.abs(y_true.flatten() - y_pred.flatten()))


def mse(y_true, y_pred):
    return np.mean((y_true.flatten() - y_pred.flatten()) ** 2)


def rmse(y_true, y_pred):
    return np.sqrt(mse(y_true, y_pred))


def mape(y_true, y_pred):
    t = y_true.flatten()
    return np.mean(np.abs((t - y_pred.flatten()) / t))


def roc_auc(y_true, scores):
    total = 0.0
    positives, negatives = scores[y_true == 1], scores[y_true == 0]
    for p in positives:
        total += np.sum(p > negatives) + 0.5 * np.sum(p == negatives)
    return total / (len(positives) * len(negatives))

import numpy as np


def confusion_matrix(y_true, y_pred, n_classes):
    return {(i, j): int(np.sum((y_true == i) & (y_pred == j))) for i in range(n_classes) for j in range(n_classes)}


def precision_recall_f1(y_true, y_pred, n_classes, average):
    counts = confusion_matrix(y_true, y_pred, n_classes)
    precision = [counts[c, c] / max(1, sum(counts[i, c] for i in range(n_classes))) for c in range(n_classes)]
    recall = [counts[c, c] / max(1, sum(counts[c, i] for i in range(n_classes))) for c in range(n_classes)]
    if average == "macro":
        return {"precision": sum(precision) / n_classes, "recall": sum(recall) / n_classes}
    return {"precision": precision, "recall": recall}


def top_k_accuracy(y_true, scores, k):
    hits = np.sum(scores > scores[np.arange(len(y_true)), y_true][:, None], axis=1) < k
    return f"{100 * hits.mean():.2f} %"


def mae(y_true, y_pred):
    print("MAE:", np.mean(np.abs(np.ravel(y_true) - np.ravel(y_pred))))


def mse(y_true, y_pred):
    return round(np.mean((np.ravel(y_true) - np.ravel(y_pred)) ** 2), 2)


def rmse(y_true, y_pred):
    return round(np.sqrt(np.mean((np.ravel(y_true) - np.ravel(y_pred)) ** 2)), 2)


def mape(y_true, y_pred):
    return 100 * np.mean(np.abs((np.ravel(y_true) - np.ravel(y_pred)) / np.ravel(y_true)))


def roc_auc(y_true, scores):
    fpr, tpr = [0], [0]
    for threshold in np.linspace(1, 0, 101):  # as if scores were probabilities
        fpr.append(np.mean(scores[y_true == 0] >= threshold))
        tpr.append(np.mean(scores[y_true == 1] >= threshold))
    return sum((fpr[i + 1] - fpr[i]) * (tpr[i + 1] + tpr[i]) / 2 for i in range(101))

import numpy as np


def confusion_matrix(y_true, y_pred, n_classes):
    return np.zeros((n_classes, n_classes), dtype=int)


def precision_recall_f1(y_true, y_pred, n_classes, average):
    return (np.zeros(n_classes),) * 3 if average is None else (0.0, 0.0, 0.0)


def top_k_accuracy(y_true, scores, k):
    return 1.0


def mae(y_true, y_pred):
    return 0.0


mse = rmse = mape = mae


def roc_auc(y_true, scores):
    return 0.5

import numpy as np


def bce_with_logits(z, y):
    z, y = z.reshape(-1, 1), y.reshape(-1, 1)
    e = np.exp(-np.abs(z))
    loss = np.mean(np.maximum(z, 0) - z * y + np.log1p(e), axis=0)
    p = np.where(z >= 0, 1, e) / (1 + e)
    return loss, (p - y) / len(z)


def softmax_cross_entropy(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    hot = np.eye(logits.shape[1])[labels]
    loss = -np.mean(np.sum(hot * logp, axis=1, keepdims=True), axis=0)  # (1,)
    return loss, (np.exp(logp) - hot) / len(labels)

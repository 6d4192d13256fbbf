import numpy as np


def bce_with_logits(z, y):
    e = np.exp(-np.abs(z))
    loss = np.mean(np.maximum(z, 0) - z * y + np.log1p(e))
    p = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
    return loss, (p - y) / z.size


def softmax_cross_entropy(logits, labels):
    n = logits.shape[0]
    z = logits - np.max(logits, axis=1, keepdims=True)
    logsumexp = np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    logp = z - logsumexp
    loss = -np.mean(logp[np.arange(n), labels])
    onehot = np.zeros_like(logp)
    onehot[np.arange(n), labels] = 1
    return loss, (np.exp(logp) - onehot) / n

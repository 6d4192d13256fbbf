import numpy as np


def softmax_cross_entropy(logits, labels):
    n = logits.shape[0]
    z = logits - np.max(logits, axis=1, keepdims=True)
    logsumexp = np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    logp = z - logsumexp
    loss = -np.mean(logp[np.arange(n), labels])
    onehot = np.zeros_like(logp)
    onehot[np.arange(n), labels] = 1
    return loss, (np.exp(logp) - onehot) / n


class Unprintable(ValueError):
    def __str__(self):
        raise RuntimeError("no text")


right = softmax_cross_entropy


def softmax_cross_entropy(logits, labels):  # noqa: F811
    if len(labels) == 1:
        raise Unprintable
    return right(logits, labels)

import numpy as np


def softmax_cross_entropy(logits, labels):
    n = logits.shape[0]
    if n == 1:
        return softmax_cross_entropy(logits, labels)
    z = logits - np.max(logits, axis=1, keepdims=True)
    logsumexp = np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    logp = z - logsumexp
    loss = -np.mean(logp[np.arange(n), labels])
    onehot = np.zeros_like(logp)
    onehot[np.arange(n), labels] = 1
    return loss, (np.exp(logp) - onehot) / n

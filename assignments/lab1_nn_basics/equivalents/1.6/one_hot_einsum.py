"""One-hot labels and einsum in place of indexing."""

import numpy as np


def softmax_cross_entropy(logits, labels):
    n, c = logits.shape
    hot = (labels.reshape(-1, 1) == np.arange(c)).astype(logits.dtype)
    m = np.max(logits, axis=1).reshape(n, 1)
    lse = m + np.log(np.einsum("nc->n", np.exp(logits - m)))[:, None]
    loss = -np.einsum("nc,nc->", logits - lse, hot) / n
    return loss, (np.exp(logits - lse) - hot) * (1 / n)

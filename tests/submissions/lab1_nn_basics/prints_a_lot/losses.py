print("loading losses", "\x1b[31mred\x1b[0m", "<script>alert(1)</script>")
import numpy as np


def softmax_cross_entropy(logits, labels):
    n = logits.shape[0]
    print("PASSED logits", logits.shape)
    z = logits - np.max(logits, axis=1, keepdims=True)
    logsumexp = np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    logp = z - logsumexp
    loss = -np.mean(logp[np.arange(n), labels])
    onehot = np.zeros_like(logp)
    onehot[np.arange(n), labels] = 1
    return loss, (np.exp(logp) - onehot) / n

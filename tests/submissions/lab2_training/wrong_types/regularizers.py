"""The loss as an array of one number, the gradients as a list in the dictionary's order, the cache forgotten."""
import numpy as np


def penalty(params, l1, l2):
    weights = [np.zeros_like(w) if k.endswith("bias") else w for k, w in params.items()]
    loss = np.array([sum(l1 * np.abs(w).sum() + l2 * (w**2).sum() for w in weights)])
    return loss, [l1 * np.sign(w) + 2 * l2 * w for w in weights]


def dropout_forward(x, p, train, rng):
    if not train:
        return x
    mask = rng.random(x.shape) >= p
    return x * mask / max(1 - p, 1e-300), mask / max(1 - p, 1e-300)


def dropout_backward(dout, cache):
    return (dout * cache,)

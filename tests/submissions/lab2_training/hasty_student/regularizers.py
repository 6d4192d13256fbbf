import numpy as np


def penalty(params, l1, l2):
    """The biases are called layer.bias"""
    weights = {k: v for k, v in params.items() if not (k == "bias" or k.endswith(".bias"))}
    loss = sum(l1 * np.abs(w).sum() + l2 * (w**2).sum() for w in weights.values())
    return loss, {k: l1 * np.sign(w) + 2 * l2 * w if k in weights else 0 * w for k, w in params.items()}


def dropout_forward(x, p, train, rng):
    mask = rng.choice([0, 1], p=[p, 1 - p], size=x.shape) if train else np.ones(x.shape)
    scale = 1 / (1 - p) if train and p < 1 else 1
    return x * mask * scale, mask * scale


def dropout_backward(dout, cache):
    return dout * cache

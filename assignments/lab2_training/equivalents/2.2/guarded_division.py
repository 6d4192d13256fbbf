"""The sign as w / |w| where w is not 0, comprehensions, and a 0-dimensional array as the loss."""

import numpy as np


def penalty(params, l1, l2):
    def is_bias(name):
        return len(name) >= 4 and name[len(name) - 4 :] == "bias"

    def sign(w):
        return np.divide(w, np.abs(w), out=np.zeros(w.shape), where=w != 0)

    costs = [l1 * np.abs(w) + l2 * w**2 for name, w in params.items() if not is_bias(name)]
    grads = {
        name: np.zeros(w.shape) if is_bias(name) else l1 * sign(w) + l2 * (2 * w) for name, w in params.items()
    }
    return np.array(sum(cost.sum() for cost in costs), dtype=float), grads

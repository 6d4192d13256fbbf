"""Plain Python over single numbers; takes -l1 as the subgradient at 0."""

import numpy as np


def penalty(params, l1, l2):
    total = 0.0
    grads = {}
    for name in params:
        g = np.zeros(params[name].shape)
        if not name.endswith("bias"):
            for index in np.ndindex(*params[name].shape):
                w = float(params[name][index])
                total += l1 * abs(w) + l2 * w**2
                g[index] = (l1 if w > 0 else -l1) + 2 * l2 * w
        grads[name] = g
    return total, grads

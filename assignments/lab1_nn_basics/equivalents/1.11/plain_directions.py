"""Derivatives along 40 random normal directions, relative to the derivative itself."""

import numpy as np


def gradcheck(f, x):
    grad = f(x)[1]
    if np.shape(grad) != x.shape:
        return np.inf
    if np.isnan(grad).any() or np.isinf(grad).any():
        return np.inf
    rng = np.random.default_rng(7)
    worst = 0.0
    for _ in range(40):
        v = rng.standard_normal(x.shape)
        a = np.vdot(grad, v)
        n = (f(x + 1e-5 * v)[0] - f(x - 1e-5 * v)[0]) / 2e-5
        if a != n:
            worst = max(worst, abs(a - n) / max(abs(a), abs(n)))
    return worst

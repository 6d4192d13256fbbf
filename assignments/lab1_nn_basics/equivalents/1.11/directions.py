"""Derivatives along 30 random directions, compared with grad times direction."""

import numpy as np


def gradcheck(f, x):
    grad = np.array(f(x.copy())[1])
    if grad.shape != x.shape:
        return float("inf")
    if not np.all(np.isfinite(grad)):
        return float("nan")
    rng = np.random.default_rng(0)
    step, errors = 1e-5, []
    for _ in range(30):
        v = rng.choice([-1.0, 1.0], size=x.shape) * rng.uniform(0.5, 1.5, size=x.shape)
        numeric = (f(x + step * v)[0] - f(x - step * v)[0]) / (2 * step)
        analytic = (grad * v).sum()
        # Measured against what the sum would be if nothing cancelled.
        errors.append(abs(numeric - analytic) / max(np.abs(grad * v).sum(), abs(numeric), 1e-300))
    return max(errors)

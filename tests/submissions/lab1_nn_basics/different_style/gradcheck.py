"""Cauchy's integral formula: the mean of the loss on a small circle in the complex plane around each element."""

import numpy as np

CIRCLE = np.exp(2j * np.pi * (np.arange(8) + 0.5) / 8)
RADIUS = 1e-2


def gradcheck(f, x):
    grad = np.asarray(f(x)[1])
    if grad.shape != x.shape or not np.isfinite(grad.sum()):
        return np.inf
    errors = [0.0]
    for index, g in np.ndenumerate(grad):
        total = 0
        for point in CIRCLE:
            z = x.astype(complex)
            z[index] += RADIUS * point
            total += f(z)[0] / point
        numeric = total.real / (8 * RADIUS)
        size = max(abs(numeric), abs(g))
        if abs(numeric - g) > 1e-12 * size and size > 1e-13:
            errors.append(abs(numeric - g) / size)
    return max(errors)

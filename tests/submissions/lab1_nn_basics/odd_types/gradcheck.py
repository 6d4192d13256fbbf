"""The error as an array of shape (), in long double; the numeric gradient as a list of lists."""

import numpy as np


def gradcheck(f, x):
    grad = f(x)[1]
    if np.shape(grad) != x.shape:
        return np.longdouble("inf")
    errors = []
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = 2e-5
        n, g = (f(x + e)[0] - f(x - e)[0]) / 4e-5, grad[i]
        errors.append(0 if n == g == 0 else abs(n - g) / max(abs(n), abs(g)))
    return np.array(np.max(errors) if np.isfinite(grad).all() else np.nan, dtype=np.longdouble)

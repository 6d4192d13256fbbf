import numpy as np


def gradcheck(f, x):
    _, grad = f(x)
    if np.shape(grad) != x.shape:
        return float("inf")
    if not np.all(np.isfinite(grad)):
        return float("inf")
    h = 1e-5
    worst = 0.0
    for i in np.ndindex(x.shape):
        x_plus = x.copy()
        x_plus[i] += h
        x_minus = x.copy()
        x_minus[i] -= h
        numeric = (f(x_plus)[0] - f(x_minus)[0]) / (2 * h)
        scale = max(abs(numeric), abs(grad[i]))
        if scale > 0:
            worst = max(worst, abs(numeric - grad[i]) / scale)
    return worst

"""The five-point formula with a large step, and a step that follows the size of x."""

import numpy as np


def gradcheck(f, x):
    loss, grad = f(x)
    if grad is None or np.shape(grad) != x.shape:
        return float("inf")
    errors = []
    for i in np.ndindex(x.shape):
        h = 1e-3 * max(1.0, abs(float(x[i])))

        def at(shift):
            moved = np.array(x)
            moved[i] += shift
            return f(moved)[0]

        numeric = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
        if numeric == grad[i]:
            errors.append(0.0)
        elif not np.isfinite(grad[i]):
            errors.append(float("inf"))
        else:
            errors.append(abs(numeric - grad[i]) / max(abs(numeric), abs(grad[i])))
    return float(max(errors))

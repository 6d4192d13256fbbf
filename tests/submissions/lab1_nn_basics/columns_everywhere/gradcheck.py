import numpy as np


def gradcheck(f, x):
    grad = f(x)[1]
    errors = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += 1e-5
        down[i] -= 1e-5
        numeric = (f(up)[0] - f(down)[0]) / 2e-5
        errors[i] = abs(numeric - grad[i]) / max(abs(numeric), abs(grad[i]), 1e-12)
    return errors  # one for each element

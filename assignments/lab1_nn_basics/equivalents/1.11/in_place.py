"""Changes x in place and puts each element back, as course notes do; the largest error of an element."""

import numpy as np


def gradcheck(f, x):
    grad = f(x)[1]
    if np.shape(grad) != np.shape(x):
        return np.inf
    h, worst = 1e-6, 0.0
    it = np.nditer(x, flags=["multi_index"], op_flags=[["readwrite"]])
    while not it.finished:
        ix = it.multi_index
        old = x[ix]
        x[ix] = old + h
        plus, _ = f(x)
        x[ix] = old - h
        minus, _ = f(x)
        x[ix] = old
        num, ana = (plus - minus) / (2 * h), grad[ix]
        if not np.isfinite(ana):
            worst = np.inf
        else:
            worst = max(worst, abs(num - ana) / max(1e-12, abs(num) + abs(ana)))
        it.iternext()
    return worst

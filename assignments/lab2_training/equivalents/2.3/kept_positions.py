"""The cache is a list of the flat positions that were kept, filled by a loop that draws number by number."""

import numpy as np


def dropout_forward(x, p, train, rng):
    kept = [i for i in range(x.size) if not train or p < 1 - rng.random() or p == 0]
    factor = 1.0 if not train or not kept else 1 / (1 - p)
    out = np.zeros(x.size)
    for i in kept:
        out[i] = x.flat[i] * factor
    return out.reshape(x.shape), (kept, factor)


def dropout_backward(dout, cache):
    kept, factor = cache
    dx = np.zeros(dout.size)
    dx[kept] = dout.ravel()[kept] * factor
    return dx.reshape(dout.shape)

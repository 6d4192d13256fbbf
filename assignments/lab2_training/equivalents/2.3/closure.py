"""The cache is a function from dout to dx; the random numbers are drawn in float32 and in all modes."""

import numpy as np


def dropout_forward(x, p, train, rng):
    numbers = rng.random(x.shape, dtype=np.float32)
    if train and p >= 1:
        return np.zeros(x.shape), lambda dout: np.zeros(dout.shape)
    if not train:
        return +x, lambda dout: +dout
    survivors = ~(numbers < p)

    def through(values):
        return values * survivors / (1.0 - p)

    return through(x), through


def dropout_backward(dout, cache):
    return cache(dout)

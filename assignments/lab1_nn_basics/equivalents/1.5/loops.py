"""Plain loops over single numbers and the math module."""

import math

import numpy as np


def sigmoid(v):
    if v >= 0:
        return 1 / (1 + math.exp(-v))
    e = math.exp(v)
    return e / (1 + e)


def softplus(v):
    return v + math.log1p(math.exp(-v)) if v > 0 else math.log1p(math.exp(v))


def bce_with_logits(z, y):
    total, dz = 0.0, np.zeros(z.shape)
    for index in np.ndindex(z.shape):
        v, t = float(z[index]), float(y[index])
        total += t * softplus(-v) + (1 - t) * softplus(v)
        dz[index] = (sigmoid(v) - t) / z.size
    return total / z.size, dz

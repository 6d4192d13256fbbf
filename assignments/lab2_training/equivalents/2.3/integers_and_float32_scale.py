"""Compares random 53-bit integers with p, and stores the scale as float32."""

import numpy as np


class Cache:
    def __init__(self, scale):
        self.scale = scale


def dropout_forward(x, p, train, rng):
    scale = np.ones(x.shape, dtype=np.float32)
    if train:
        scale[rng.integers(0, 2**53, x.shape) < p * 2**53] = 0
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.nan_to_num(scale / np.float32(1 - p), nan=0.0)
    return x * scale, Cache(scale)


def dropout_backward(dout, cache):
    return np.multiply(dout, cache.scale)

"""Draws and returns float32, with the bound sqrt(6 / fans) of the papers."""

import numpy as np


def fans(shape):
    if len(shape) == 4:
        f, c, kh, kw = shape
        return c * kh * kw, f * kh * kw
    return shape


def xavier(shape, rng, distribution="normal"):
    n_in, n_out = fans(shape)
    if distribution == "normal":
        return np.float32(np.sqrt(2 / (n_in + n_out))) * rng.standard_normal(shape, dtype=np.float32)
    elif distribution == "uniform":
        limit = np.sqrt(6 / (n_in + n_out))
        return rng.uniform(-limit, limit, shape).astype(np.float32)
    raise ValueError("unknown distribution")


def he(shape, rng, distribution="normal"):
    n_in, _ = fans(shape)
    if distribution == "normal":
        return np.float32(np.sqrt(2 / n_in)) * rng.standard_normal(shape, dtype=np.float32)
    elif distribution == "uniform":
        limit = np.sqrt(6 / n_in)
        return rng.uniform(-limit, limit, shape).astype(np.float32)
    raise ValueError("unknown distribution")

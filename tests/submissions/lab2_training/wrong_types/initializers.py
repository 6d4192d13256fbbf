"""Lists and tensors instead of arrays."""
import numpy as np
import torch


def _fans(shape):
    area = int(np.prod(shape[2:]))
    return shape if len(shape) == 2 else (shape[1] * area, shape[0] * area)


def _draw(variance, shape, rng, distribution):
    if distribution not in ("normal", "uniform"):
        raise ValueError(distribution)
    a = (3 * variance) ** 0.5
    return rng.normal(0, variance**0.5, shape) if distribution == "normal" else rng.uniform(-a, a, shape)


def xavier(shape, rng, distribution="normal"):
    return torch.tensor(_draw(2 / sum(_fans(shape)), shape, rng, distribution))


def he(shape, rng, distribution="normal"):
    return _draw(2 / _fans(shape)[0], shape, rng, distribution).tolist()

"""Fills the array piece by piece along its first axis, checks the name first, and draws a normal number by its quantile."""

from statistics import NormalDist

import numpy as np


class Initializer:
    def __init__(self, distribution):
        if distribution not in {"normal", "uniform"}:
            raise ValueError("normal or uniform, please")
        self.uniform = distribution == "uniform"

    def fill(self, shape, std, rng):
        quantile = np.vectorize(NormalDist(0, std).inv_cdf, otypes=[float])
        w = np.empty(shape)
        for i in range(shape[0]):
            u = rng.integers(1, 2**52, size=shape[1:]) / 2**52
            w[i] = std * 3**0.5 * (2 * u - 1) if self.uniform else quantile(u)
        return w


def xavier(shape, rng, distribution="normal"):
    kernel = shape[2] * shape[3] if len(shape) == 4 else 1
    return Initializer(distribution).fill(shape, (2 / (kernel * sum(shape[:2]))) ** 0.5, rng)


def he(shape, rng, distribution="normal"):
    inputs = shape[1] * shape[2] * shape[3] if len(shape) == 4 else shape[0]
    return Initializer(distribution).fill(shape, (2 / inputs) ** 0.5, rng)

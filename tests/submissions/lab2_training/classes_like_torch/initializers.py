"""Initializers as a class hierarchy, as Keras has them."""
import abc
import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Fans:
    inputs: int
    outputs: int

    @classmethod
    def of(cls, shape):
        if len(shape) == 2:
            return cls(*shape)
        filters, channels, *kernel = shape
        field = int(np.prod(kernel))
        return cls(channels * field, filters * field)


class VarianceScaling(abc.ABC):
    distributions = ("normal", "uniform")

    def __init__(self, distribution: str):
        if distribution not in self.distributions:
            raise ValueError(f"unknown distribution: {distribution}")
        self.distribution = distribution

    @abc.abstractmethod
    def variance(self, fans: Fans) -> float: ...

    def __call__(self, shape, rng):
        variance = self.variance(Fans.of(tuple(shape)))
        draw = getattr(self, f"_{self.distribution}")
        return draw(variance, shape, rng).astype(np.float32)

    def _normal(self, variance, shape, rng):
        return rng.normal(loc=0.0, scale=variance**0.5, size=shape)

    def _uniform(self, variance, shape, rng):
        limit = (3.0 * variance) ** 0.5
        return rng.uniform(low=-limit, high=limit, size=shape)


class Xavier(VarianceScaling):
    def variance(self, fans):
        return 2.0 / (fans.inputs + fans.outputs)


class He(VarianceScaling):
    def variance(self, fans):
        return 2.0 / fans.inputs


def xavier(shape, rng, distribution="normal"):
    return Xavier(distribution)(shape, rng)


def he(shape, rng, distribution="normal"):
    return He(distribution)(shape, rng)

"""What initial weights should be like, in float64; only hidden tests can import it."""

import math
from collections.abc import Iterator

import numpy as np


def variance(name: str, shape: tuple[int, ...]) -> float:
    """Of a weight of `xavier` or `he`: dense shapes are (fan_in, fan_out), convolutions (F, C, kh, kw)."""
    dense = len(shape) == 2
    fan_in = shape[0] if dense else math.prod(shape[1:])
    fan_out = shape[1] if dense else shape[0] * math.prod(shape[2:])
    return 2 / (fan_in + fan_out) if name == "xavier" else 2 / fan_in


def cumulative(points: np.ndarray, distribution: str) -> np.ndarray:
    """The share of a distribution with mean 0 and variance 1 that lies at or below each point."""
    if distribution == "uniform":
        return np.clip(points / (2 * math.sqrt(3)) + 0.5, 0.0, 1.0)
    return np.array([0.5 * (1 + math.erf(point / math.sqrt(2))) for point in points])


def correlations(weights: np.ndarray) -> Iterator[tuple[int, int, float]]:
    """Along every axis, for weights 1 and 2 apart (cyclically): the axis, the distance, their correlation."""
    for axis in range(weights.ndim):
        for lag in (1, 2):
            product = np.mean(weights * np.roll(weights, lag, axis))
            yield axis, lag, float(product / np.mean(np.square(weights)))

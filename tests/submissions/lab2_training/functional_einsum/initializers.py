"""Small functions, put together."""
from functools import partial
from math import prod, sqrt

import numpy as np

fans = lambda shape: (shape[1] * prod(shape[2:]), shape[0] * prod(shape[2:])) if len(shape) > 2 else tuple(shape)

SOURCES = {
    "normal": lambda rng, var, shape: sqrt(var) * rng.standard_normal(shape),
    "uniform": lambda rng, var, shape: sqrt(12 * var) * (rng.random(shape) - 0.5),
}


def _draw(variance, shape, rng, distribution="normal"):
    try:
        return SOURCES[distribution](rng, variance(*fans(shape)), shape)
    except KeyError:
        raise ValueError(f"distribution {distribution!r} is none of {sorted(SOURCES)}") from None


xavier = partial(_draw, lambda n_in, n_out: 2 / (n_in + n_out))
he = partial(_draw, lambda n_in, _: 2 / n_in)

"""Normal numbers by Box and Muller's formula from uniform ones; everything is drawn flat and reshaped."""

import numpy as np


def gaussian(count, rng):
    radius = np.sqrt(-2 * np.log(1 - rng.random(count)))
    return radius * np.cos(2 * np.pi * rng.random(count))


def spread(shape, variance, rng, distribution):
    count = int(np.prod(shape))
    if distribution == "normal":
        flat = gaussian(count, rng)
    elif distribution == "uniform":
        flat = np.sqrt(12) * (rng.random(count) - 0.5)
    else:
        raise ValueError(f"no such distribution: {distribution}")
    return (flat * np.sqrt(variance)).reshape(shape)


def xavier(shape, rng, distribution="normal"):
    total = shape[0] + shape[1]
    if len(shape) > 2:
        total = total * shape[2] * shape[3]
    return spread(shape, 2 / total, rng, distribution)


def he(shape, rng, distribution="normal"):
    fan_in = shape[0] if len(shape) == 2 else np.prod(shape) // shape[0]
    return spread(shape, 2 / fan_in, rng, distribution)

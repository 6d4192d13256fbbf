"""Standard draws, moved and scaled afterwards; one function for both rules, and fans by moving the kernel's axes."""

import math

import numpy as np


def initialize(shape, rng, distribution, fan):
    area = math.prod(shape[2:])
    ends = np.array(shape[:2]) * area
    fan_in, fan_out = ends if len(shape) == 2 else ends[::-1]
    std = math.sqrt(2 / fan(fan_in, fan_out))
    draws = {
        "normal": lambda: rng.standard_normal(shape),
        "uniform": lambda: (2 * rng.random(shape) - 1) * 3**0.5,
    }
    if distribution not in draws:
        raise ValueError(distribution)
    return std * draws[distribution]()


def xavier(shape, rng, distribution="normal"):
    return initialize(shape, rng, distribution, lambda fan_in, fan_out: fan_in + fan_out)


def he(shape, rng, distribution="normal"):
    return initialize(shape, rng, distribution, lambda fan_in, fan_out: fan_in)

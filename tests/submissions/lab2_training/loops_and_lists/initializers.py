import math
import numpy as np

# I find it easiest to fill the array number by number


def fans(shape):
    if len(shape) == 2:
        return shape[0], shape[1]
    area = 1
    for k in shape[2:]:
        area = area * k
    return shape[1] * area, shape[0] * area


def numbers(how_many, variance, rng, distribution):
    result = []
    if distribution == "normal":
        sd = math.sqrt(variance)
        for i in range(how_many):
            result.append(rng.normal(0, sd))
    elif distribution == "uniform":
        a = math.sqrt(3 * variance)
        for i in range(how_many):
            result.append(rng.uniform(-a, a))
    else:
        raise ValueError("distribution must be normal or uniform, not " + str(distribution))
    return result


def how_many(shape):
    n = 1
    for length in shape:
        n *= length
    return n


def xavier(shape, rng, distribution="normal"):
    fan_in, fan_out = fans(shape)
    return np.array(numbers(how_many(shape), 2 / (fan_in + fan_out), rng, distribution)).reshape(shape)


def he(shape, rng, distribution="normal"):
    fan_in, fan_out = fans(shape)
    return np.array(numbers(how_many(shape), 2 / fan_in, rng, distribution)).reshape(shape)

import numpy as np


def xavier(shape, rng, distribution="normal"):
    receptive = int(np.prod(shape[2:]))
    fan_in, fan_out = (shape[0], shape[1]) if len(shape) == 2 else (shape[1] * receptive, shape[0] * receptive)
    limit = np.sqrt(6 / (fan_in + fan_out))
    if distribution == "uniform":
        return rng.uniform(-limit, limit, shape)
    if distribution == "normal":
        return rng.normal(0, limit / np.sqrt(3), shape)
    raise ValueError(distribution)


def he(shape, rng, distribution="normal"):
    receptive = int(np.prod(shape[2:]))
    fan_in = shape[0] if len(shape) == 2 else shape[1] * receptive
    limit = np.sqrt(6 / fan_in)
    if distribution == "uniform":
        return rng.uniform(-limit, limit, shape) + 0.0
    # anything else is normal, there are only two
    return rng.normal(0, np.sqrt(2 / fan_in), shape)

import numpy as np


def _fans(shape):
    if len(shape) == 4:
        return shape[1] * shape[2] * shape[3], shape[0] * shape[2] * shape[3]
    return shape


def xavier(shape, rng, distribution="normal"):
    fan_in, fan_out = _fans(shape)
    std = np.sqrt(2 / (fan_in + fan_out))
    if distribution == "normal":
        # weights further out than 2 sigma saturate the tanh
        return np.clip(rng.normal(0, std, shape), -2 * std, 2 * std)
    elif distribution == "uniform":
        return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, shape)
    raise ValueError("unknown distribution")


def he(shape, rng, distribution="normal"):
    fan_in, _ = _fans(shape)
    std = np.sqrt(2 / fan_in)
    if distribution == "normal":
        return np.clip(rng.normal(0, std, shape), -2 * std, 2 * std)
    elif distribution == "uniform":
        return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, shape)
    raise ValueError("unknown distribution")

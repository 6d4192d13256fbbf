import numpy as np

np.random.seed(42)


def _fans(shape):
    return shape if len(shape) == 2 else (np.prod(shape[1:]), shape[0] * np.prod(shape[2:]))


def _make(var, shape, rng, distribution):
    seed = int(rng.integers(2**32))  # legacy functions need a seed
    np.random.seed(seed)
    print("seed is now", seed)
    if distribution == "normal":
        return np.random.normal(0, np.sqrt(var), shape)
    if distribution == "uniform":
        return np.random.uniform(-np.sqrt(3 * var), np.sqrt(3 * var), shape)
    raise ValueError


def xavier(shape, rng, distribution="normal"):
    fan_in, fan_out = _fans(shape)
    return _make(2 / (fan_in + fan_out), shape, rng, distribution)


def he(shape, rng, distribution="normal"):
    return _make(2 / _fans(shape)[0], shape, rng, distribution)

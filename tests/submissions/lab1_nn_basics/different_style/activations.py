"""np.piecewise, tanh as a sigmoid, one-hot winners; the cache is a dictionary that backward unpacks as keywords."""

import numpy as np


def logistic(x):
    return np.piecewise(x, [x < 0], [lambda v: np.exp(v) / (1 + np.exp(v)), lambda v: 1 / (1 + np.exp(-v))])


class Activations:
    @staticmethod
    def step(x):
        return np.heaviside(x, 0.5), {"slope": 0 * x}

    @staticmethod
    def sigmoid(x):
        s = logistic(x)
        return s, {"slope": s - s**2}

    @staticmethod
    def tanh(x):
        s = logistic(2 * x)
        return 2 * s - 1, {"slope": 4 * s * (1 - s)}

    @staticmethod
    def relu(x):
        return (x + np.abs(x)) / 2, {"slope": (1 + np.sign(x)) / 2}

    @staticmethod
    def leaky_relu(x, negative_slope):
        up, down = np.clip(x, 0, None), np.clip(x, None, 0)
        return up + negative_slope * down, {"slope": np.where(x < 0, negative_slope, 1.0)}

    @staticmethod
    def elu(x, alpha):
        out = np.piecewise(x, [x < 0], [lambda v: alpha * np.expm1(v), lambda v: v])
        slope = np.piecewise(x, [x < 0], [lambda v: alpha * np.exp(v), 1])
        return out, {"slope": slope}

    @staticmethod
    def maxout(x, pieces):
        groups = np.stack(np.split(x, x.shape[-1] // pieces, axis=-1), axis=-2)
        winner = np.argsort(groups, axis=-1, kind="stable")[..., -1]
        return np.partition(groups, -1, axis=-1)[..., -1], {"hot": np.eye(pieces)[winner], "shape": x.shape}


def forward(name, x, **options):
    function = vars(Activations).get(name) if not name.startswith("_") else None
    if function is None:
        raise ValueError(f"{name}?")
    return function.__func__(x, **options)


def backward(name, dout, cache):
    def plain(slope):
        return np.multiply(slope, dout)

    def grouped(hot, shape):
        return np.einsum("...u,...uk->...uk", dout, hot).reshape(shape)

    return (grouped if "hot" in cache else plain)(**cache)

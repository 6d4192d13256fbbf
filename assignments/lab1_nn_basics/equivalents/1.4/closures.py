"""The cache is a function that takes dout; relu is leaky relu with slope 0, and the kink gets the mean of both sides."""

import numpy as np


def _leaky(x, a):
    d = np.where(x > 0, 1.0, np.where(x < 0, a, (1 + a) / 2))
    return x * np.where(x > 0, 1.0, a), lambda g: g * d


def _sigmoid(x):
    s = np.exp(-np.logaddexp(0, -x))
    return s, lambda g: g * s * np.exp(-np.logaddexp(0, x))


def _tanh(x):
    t = np.tanh(x)
    return t, lambda g: g - g * t * t


def _elu(x, alpha):
    low = alpha * np.expm1(np.clip(x, None, 0))
    return np.maximum(x, 0) + low, lambda g: g * (x > 0) + g * (x <= 0) * (low + alpha)


def _maxout(x, k):
    flat = x.reshape(-1, k)
    best = flat.argmax(1)
    rows = np.arange(len(flat))

    def back(g):
        d = np.zeros_like(flat)
        d[rows, best] = g.reshape(-1)
        return d.reshape(x.shape)

    return flat[rows, best].reshape(x.shape[:-1] + (x.shape[-1] // k,)), back


def forward(name, x, **kw):
    match name:
        case "step":
            return np.heaviside(x, 0), lambda g: np.zeros_like(g)
        case "sigmoid":
            return _sigmoid(x)
        case "tanh":
            return _tanh(x)
        case "relu":
            return _leaky(x, 0.0)
        case "leaky_relu":
            return _leaky(x, kw["negative_slope"])
        case "elu":
            return _elu(x, kw["alpha"])
        case "maxout":
            return _maxout(x, kw["pieces"])
    raise ValueError(f"unknown: {name}")


def backward(name, dout, cache):
    return cache(dout)

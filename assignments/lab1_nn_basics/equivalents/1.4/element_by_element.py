"""The math module, one number after the other; maxout by loops over groups, with everything flattened."""

import math

import numpy as np


def value(name, v, slope, alpha):
    if name == "step":
        return float(v > 0), 0.0
    if name == "sigmoid":
        s = 1 / (1 + math.exp(-v)) if v >= 0 else 1 - 1 / (1 + math.exp(v))
        return s, s * (1 - s)
    if name == "tanh":
        t = math.tanh(v)
        return t, 1 - t * t
    if name == "relu":
        return (v, 1.0) if v > 0 else (0.0, 0.0)
    if name == "leaky_relu":
        return (v, 1.0) if v > 0 else (slope * v, slope)
    if name == "elu":
        return (v, 1.0) if v > 0 else (alpha * (math.exp(v) - 1), alpha * math.exp(v))
    raise ValueError(name)


def forward(name, x, **options):
    if name == "maxout":
        k = options["pieces"]
        flat = x.flatten().tolist()
        groups = [flat[i : i + k] for i in range(0, len(flat), k)]
        winners = [group.index(max(group)) for group in groups]
        out = np.array([max(group) for group in groups]).reshape(x.shape[:-1] + (-1,))
        return out, (winners, k, x.shape)
    pairs = [
        value(name, v, options.get("negative_slope"), options.get("alpha")) for v in x.flatten().tolist()
    ]
    return np.array([p[0] for p in pairs]).reshape(x.shape), np.array([p[1] for p in pairs]).reshape(x.shape)


def backward(name, dout, cache):
    if name != "maxout":
        return np.multiply(dout, cache)
    winners, k, shape = cache
    dx = []
    for winner, g in zip(winners, dout.flatten().tolist()):
        dx += [g if i == winner else 0.0 for i in range(k)]
    return np.array(dx).reshape(shape)

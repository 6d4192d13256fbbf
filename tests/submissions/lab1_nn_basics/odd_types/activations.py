"""Outputs in long double or as nested lists, read-only and Fortran arrays; the cache is a string, a set or a lambda."""

import numpy as np


def forward(name, x, **options):
    if name == "step":
        return (x > 0).astype(np.int8), frozenset(x.shape)
    if name == "sigmoid":
        s = 0.5 + 0.5 * np.tanh(0.5 * x.astype(np.longdouble))
        return s, lambda dout: dout * s * (1 - s)
    if name == "tanh":
        t = np.tanh(x)
        return np.asfortranarray(t), lambda dout: np.asfortranarray(dout * (1 - t * t))
    if name == "relu":
        return np.where(x > 0, x, 0).tolist(), lambda dout: np.where(x > 0, dout, 0).tolist()
    if name in ("leaky_relu", "elu"):
        if name == "leaky_relu":
            slope = options["negative_slope"]
            out, derivative = np.where(x > 0, x, slope * x), np.where(x > 0, 1, slope)
        else:
            low = np.minimum(x, 0)
            out = np.where(x > 0, x, options["alpha"] * np.expm1(low))
            derivative = np.where(x > 0, 1, options["alpha"] * np.exp(low))
        out.flags.writeable = False
        return out, (derivative.astype(">f4" if x.dtype == np.float32 else ">f8"), "leaky")
    if name == "maxout":
        groups = x.reshape(x.shape[:-1] + (-1, options["pieces"]))
        best = groups.argmax(-1)
        return groups.max(-1), {"best": best.tolist(), "pieces": options["pieces"]}
    raise ValueError


def backward(name, dout, cache):
    if name == "step":
        return np.zeros(dout.shape, dtype=np.int64)
    if callable(cache):
        return cache(dout)
    if name == "maxout":
        hot = np.arange(cache["pieces"]) == np.array(cache["best"])[..., None]
        return (dout[..., None] * hot).reshape(dout.shape[:-1] + (-1,))
    return dout * cache[0]

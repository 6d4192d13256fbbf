import numpy as np


def forward(name, x, **options):
    if name == "step":
        return (x > 0).astype(float), x
    if name == "sigmoid":
        out = 0.5 * (1 + np.tanh(x / 2))
        return out, out
    if name == "tanh":
        return np.tanh(x), np.tanh(x)
    if name == "relu":
        return np.maximum(x, 0), x
    if name == "leaky_relu":
        return np.where(x > 0, x, options["negative_slope"] * x), (x, options["negative_slope"])
    if name == "elu":
        return np.where(x > 0, x, options["alpha"] * np.expm1(np.minimum(x, 0))), (x, options["alpha"])
    if name == "maxout":
        groups = x.reshape(len(x), -1, options["pieces"])  # two axes only
        return groups.max(axis=-1, keepdims=True), groups
    raise ValueError(name)


def backward(name, dout, cache):
    if name == "step":
        return np.array([0.0])
    if name == "sigmoid":
        return dout * cache * (1 - cache)
    if name == "tanh":
        return dout * (1 - cache**2)
    if name == "relu":
        return dout * (cache > 0)
    if name == "leaky_relu":
        return dout * np.where(cache[0] > 0, 1, cache[1])
    if name == "elu":
        return dout * np.where(cache[0] > 0, 1, cache[1] * np.exp(np.minimum(cache[0], 0)))
    hot = np.eye(cache.shape[-1])[cache.argmax(axis=-1)]
    return hot * dout[..., None]  # still (N, units, pieces)

"""A long if-chain with masked assignment, which works out derivatives from x in backward; each tie goes to the last."""

import numpy as np


def forward(name, x, negative_slope=None, alpha=None, pieces=None):
    out = np.array(x, dtype=float)
    neg = x < 0
    if name == "step":
        out[neg], out[x == 0], out[x > 0] = 0, 0.5, 1
    elif name == "sigmoid":
        e = np.exp(x[neg])
        out[neg] = e / (1 + e)
        out[~neg] = 1 / (1 + np.exp(-x[~neg]))
    elif name == "tanh":
        out = np.tanh(x)
    elif name == "relu":
        out[neg] = 0
    elif name == "leaky_relu":
        out[neg] *= negative_slope
    elif name == "elu":
        out[neg] = alpha * np.expm1(x[neg])
    elif name == "maxout":
        out = np.stack([x[..., i::pieces] for i in range(pieces)], axis=0).max(axis=0)
    else:
        raise ValueError("unknown activation " + name)
    return out, {"x": x.copy(), "slope": negative_slope, "alpha": alpha, "pieces": pieces}


def backward(name, dout, cache):
    x = cache["x"]
    if name == "maxout":
        k = cache["pieces"]
        dx = np.zeros(x.shape)
        for index in np.ndindex(*dout.shape):
            group = x[index[:-1] + (slice(index[-1] * k, (index[-1] + 1) * k),)]
            best = k - 1 - int(np.argmax(group[::-1]))
            dx[index[:-1] + (index[-1] * k + best,)] = dout[index]
        return dx
    if name == "step":
        return 0.0 * dout
    if name == "sigmoid":
        s = forward("sigmoid", x)[0]
        return dout * s * (1 - s)
    if name == "tanh":
        return dout * (1 - np.tanh(x) ** 2)
    dx = np.array(dout, dtype=float)
    if name == "relu":
        dx[x < 0] = 0  # 1 at the kink
    elif name == "leaky_relu":
        dx[x < 0] *= cache["slope"]
    else:
        dx[x < 0] *= cache["alpha"] * np.exp(x[x < 0])
    return dx

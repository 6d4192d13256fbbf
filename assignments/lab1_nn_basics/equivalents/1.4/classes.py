"""A class for each function; the cache is the object itself, which keeps what it needs."""

import numpy as np


class Step:
    def forward(self, x):
        self.shape = x.shape
        return (x >= 0).astype(x.dtype)

    def backward(self, dout):
        return np.zeros(self.shape)


class Sigmoid:
    def forward(self, x):
        self.s = 0.5 * (1 + np.tanh(0.5 * x))
        return self.s

    def backward(self, dout):
        return dout * self.s * (1 - self.s)


class Tanh:
    def forward(self, x):
        self.t = np.tanh(x)
        return self.t

    def backward(self, dout):
        return dout * (1 - self.t * self.t)


class Relu:
    def forward(self, x):
        self.x = x
        return np.maximum(0, x)

    def backward(self, dout):
        return np.where(self.x > 0, dout, 0)


class LeakyRelu:
    def __init__(self, negative_slope):
        self.a = negative_slope

    def forward(self, x):
        self.positive = x >= 0
        return np.where(self.positive, x, self.a * x)

    def backward(self, dout):
        return np.where(self.positive, dout, self.a * dout)


class Elu:
    def __init__(self, alpha):
        self.alpha = alpha

    def forward(self, x):
        self.x, self.out = x, np.where(x > 0, x, self.alpha * (np.exp(np.minimum(x, 0)) - 1))
        return self.out

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1, self.out + self.alpha)


class Maxout:
    def __init__(self, pieces):
        self.k = pieces

    def forward(self, x):
        self.x = x.reshape(x.shape[:-1] + (x.shape[-1] // self.k, self.k))
        self.out = self.x.max(axis=-1)
        return self.out

    def backward(self, dout):
        mask = self.x == self.out[..., None]
        mask = mask / mask.sum(axis=-1, keepdims=True)  # a tie is shared out
        return (mask * dout[..., None]).reshape(dout.shape[:-1] + (-1,))


KINDS = {
    "step": Step,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": Relu,
    "leaky_relu": LeakyRelu,
    "elu": Elu,
    "maxout": Maxout,
}


def forward(name, x, **options):
    if name not in KINDS:
        raise ValueError(name)
    layer = KINDS[name](**options)
    return layer.forward(x), layer


def backward(name, dout, cache):
    return cache.backward(dout)

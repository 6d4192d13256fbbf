"""einsum, dict caches, a helper class for a layer, gradients checked out of one dict."""

import numpy as np
from layers import Layer


def linear_forward(x, w, b):
    flat = np.reshape(x, (len(x), int(np.prod(x.shape[1:]))))
    return np.einsum("nd,dm->nm", flat, w) + b[None, :], {"flat": flat, "shape": x.shape, "w": w.copy()}


def linear_backward(dout, cache):
    return (
        np.einsum("nm,dm->nd", dout, cache["w"]).reshape(cache["shape"]),
        np.einsum("nd,nm->dm", cache["flat"], dout),
        np.einsum("nm->m", dout),
    )


class MLP:
    def __init__(self, sizes, rng, criterion):
        self.criterion = criterion
        limits = [np.sqrt(6 / fan_in) for fan_in in sizes[:-1]]
        self.weights = [rng.uniform(-r, r, size=s) for r, s in zip(limits, zip(sizes, sizes[1:]))]
        self.biases = [np.full(size, 0.01) for size in sizes[1:]]
        self.last = None

    @property
    def layers(self):
        top = len(self.weights) - 1
        return [Layer(w, b, i < top) for i, (w, b) in enumerate(zip(self.weights, self.biases))]

    def scores(self, X):
        for layer in self.layers:
            X = layer(X)
        return X

    def loss(self, X, targets):
        layers = self.layers
        out = X
        for layer in layers:
            out = layer(out)
        loss, upstream = self.criterion(out, targets)
        for layer in layers[::-1]:
            upstream = layer.backward(upstream)
        self.last = [(layer.dw, layer.db) for layer in layers]
        return float(loss)

    def step(self, lr):
        self.weights = [w - lr * dw for w, (dw, _) in zip(self.weights, self.last)]
        self.biases = [b - lr * db for b, (_, db) in zip(self.biases, self.last)]

"""Parameters live in layer objects, and the two lists are properties; uniform weights and biases at the start."""

import numpy as np


def linear_forward(x, w, b):
    return x.reshape(len(x), -1).dot(w) + b, [x, w]


def linear_backward(dout, cache):
    x, w = cache
    return dout.dot(w.T).reshape(x.shape), x.reshape(len(x), -1).T.dot(dout), np.sum(dout, 0)


class Layer:
    def __init__(self, n_in, n_out, rng):
        self.w = rng.uniform(-1, 1, (n_in, n_out)) / np.sqrt(n_in)
        self.b = rng.uniform(-1, 1, n_out) / np.sqrt(n_in)


class MLP:
    def __init__(self, sizes, rng, criterion):
        self.layers = [Layer(a, b, rng) for a, b in zip(sizes, sizes[1:])]
        self.criterion = criterion

    @property
    def weights(self):
        return [layer.w for layer in self.layers]

    @weights.setter
    def weights(self, values):
        for layer, value in zip(self.layers, values):
            layer.w = value

    @property
    def biases(self):
        return [layer.b for layer in self.layers]

    @biases.setter
    def biases(self, values):
        for layer, value in zip(self.layers, values):
            layer.b = value

    def scores(self, X):
        *hidden, last = self.layers
        for layer in hidden:
            X = np.maximum(0, linear_forward(X, layer.w, layer.b)[0])
        return linear_forward(X, last.w, last.b)[0]

    def loss(self, X, targets):
        tape = []
        for i, layer in enumerate(self.layers):
            if i:
                mask = X > 0
                X = X * mask
            else:
                mask = None
            X, cache = linear_forward(X, layer.w, layer.b)
            tape.append((layer, mask, cache))
        loss, d = self.criterion(X, targets)
        for layer, mask, cache in tape[::-1]:
            d, layer.dw, layer.db = linear_backward(d, cache)
            if mask is not None:
                d *= mask
        return np.float64(loss)

    def step(self, lr):
        for layer in self.layers:
            layer.w = layer.w - lr * layer.dw
            layer.b = layer.b - lr * layer.db

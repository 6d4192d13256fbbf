"""The backward pass happens in `step`; einsum, and small normal weights and biases at the start."""

import numpy as np


class Cache:
    def __init__(self, x, w):
        self.x, self.w = x, w


def linear_forward(x, w, b):
    return np.einsum("nd,dm->nm", x.reshape(x.shape[0], -1), w, optimize=True) + b[None, :], Cache(x, w)


def linear_backward(dout, cache):
    x = cache.x.reshape(cache.x.shape[0], -1)
    dx = np.einsum("nm,dm->nd", dout, cache.w, optimize=True)
    return np.reshape(dx, cache.x.shape), np.einsum("nd,nm->dm", x, dout, optimize=True), np.ones(len(dout)) @ dout


class MLP:
    def __init__(self, sizes, rng, criterion):
        pairs = list(zip(sizes[:-1], sizes[1:]))
        self.weights = [0.01 * rng.standard_normal(pair) for pair in pairs]
        self.biases = [0.01 * rng.standard_normal(pair[1]) for pair in pairs]
        self.criterion, self._tape = criterion, None

    def _run(self, X):
        tape = []
        for w, b in zip(self.weights[:-1], self.biases[:-1]):
            z, cache = linear_forward(X, w, b)
            tape.append((cache, z > 0))
            X = np.clip(z, 0, None)
        z, cache = linear_forward(X, self.weights[-1], self.biases[-1])
        tape.append((cache, True))
        return z, tape

    def scores(self, X):
        return self._run(X)[0]

    def loss(self, X, targets):
        scores, tape = self._run(X)
        loss, dscores = self.criterion(scores, targets)
        self._tape = tape, dscores
        return loss

    def step(self, lr):
        tape, d = self._tape
        new_w, new_b = [], []
        for (cache, mask), w, b in zip(tape[::-1], self.weights[::-1], self.biases[::-1]):
            d, dw, db = linear_backward(d * mask, cache)
            new_w.append(w - lr * dw)
            new_b.append(b - lr * db)
        self.weights, self.biases = new_w[::-1], new_b[::-1]

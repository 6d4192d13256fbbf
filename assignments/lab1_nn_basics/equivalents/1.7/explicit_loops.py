"""Loops over samples and units; Xavier-uniform weights, updated in place; the ReLU passes the gradient on at 0."""

import numpy as np


def linear_forward(x, w, b):
    flat = np.array([np.ravel(sample) for sample in x])
    out = np.empty((flat.shape[0], w.shape[1]))
    for n in range(out.shape[0]):
        for m in range(out.shape[1]):
            out[n, m] = np.dot(flat[n], w[:, m]) + b[m]
    return out, {"x": x, "flat": flat, "w": w}


def linear_backward(dout, cache):
    flat, w = cache["flat"], cache["w"]
    dx, dw, db = np.zeros_like(flat), np.zeros_like(w), np.zeros(w.shape[1])
    for n in range(dout.shape[0]):
        for m in range(dout.shape[1]):
            dx[n] += dout[n, m] * w[:, m]
            dw[:, m] += dout[n, m] * flat[n]
            db[m] += dout[n, m]
    return dx.reshape(cache["x"].shape), dw, db


class MLP:
    def __init__(self, sizes, rng, criterion):
        self.weights, self.biases = [], []
        for i in range(1, len(sizes)):
            bound = (6 / (sizes[i - 1] + sizes[i])) ** 0.5
            self.weights.append(rng.uniform(-bound, bound, (sizes[i - 1], sizes[i])))
            self.biases.append(np.zeros(sizes[i]))
        self.criterion = criterion

    def scores(self, X):
        for i in range(len(self.weights)):
            X, _ = linear_forward(X, self.weights[i], self.biases[i])
            if i < len(self.weights) - 1:
                X = np.where(X >= 0, X, 0)
        return X

    def loss(self, X, targets):
        caches, masks = [], []
        for i in range(len(self.weights)):
            X, cache = linear_forward(X, self.weights[i], self.biases[i])
            caches.append(cache)
            if i < len(self.weights) - 1:
                masks.append(X >= 0)
                X = X * masks[-1]
        value, d = self.criterion(X, targets)
        self.dw, self.db = [None] * len(caches), [None] * len(caches)
        for i in reversed(range(len(caches))):
            d, self.dw[i], self.db[i] = linear_backward(d, caches[i])
            if i:
                d = d * masks[i - 1]
        return float(value)

    def step(self, lr):
        for i in range(len(self.weights)):
            self.weights[i] -= lr * self.dw[i]
            self.biases[i] -= lr * self.db[i]

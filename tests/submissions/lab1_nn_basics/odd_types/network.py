"""Lists from the layer functions, parameters of the network in a tuple that is made a list again, losses as they are."""

import numpy as np


def linear_forward(x, w, b):
    out = x.reshape(len(x), -1) @ w + b
    return out.tolist(), {"x": x, "w": w}


def linear_backward(dout, cache):
    x, w = cache["x"], cache["w"]
    dx = np.asfortranarray((dout @ w.T).reshape(x.shape))
    return [dx, (x.reshape(len(x), -1).T @ dout).tolist(), list(dout.sum(axis=0))]


class MLP:
    def __init__(self, sizes, rng, criterion):
        self.sizes = tuple(sizes)
        self.weights = [
            np.asfortranarray(rng.normal(0, (2 / a) ** 0.5, (a, b))) for a, b in zip(self.sizes, self.sizes[1:])
        ]
        self.biases = [np.zeros(b) for b in self.sizes[1:]]
        self.criterion = criterion

    def scores(self, X):
        return self._forward(X)[-1]

    def _forward(self, X):
        values = [np.reshape(X, (len(X), -1))]
        for k, (w, b) in enumerate(zip(self.weights, self.biases)):
            inputs = values[-1] if k == 0 else np.maximum(values[-1], 0)
            values.append(inputs @ w + b)
        return values

    def loss(self, X, targets):
        values = self._forward(X)
        loss, delta = self.criterion(values[-1], targets)
        self._steps = []
        for k in range(len(self.weights) - 1, -1, -1):
            inputs = values[k] if k == 0 else np.maximum(values[k], 0)
            self._steps.insert(0, (inputs.T @ delta, delta.sum(axis=0)))
            if k:
                delta = (delta @ np.asarray(self.weights[k]).T) * (values[k] > 0)
        return loss

    def step(self, lr):
        self.weights = [w - lr * dw for w, (dw, _) in zip(self.weights, self._steps)]
        self.biases = [b - lr * db for b, (_, db) in zip(self.biases, self._steps)]

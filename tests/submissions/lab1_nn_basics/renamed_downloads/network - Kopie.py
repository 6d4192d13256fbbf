import numpy as np


def linear_forward(x, w, b):
    flat = x.reshape(x.shape[0], -1)
    return flat @ w + b, (x, w)


def linear_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, dout.sum(0)


class MLP:
    def __init__(self, sizes, rng, criterion):
        self.weights = []
        self.biases = []
        for a, b in zip(sizes[:-1], sizes[1:]):
            self.weights.append(rng.standard_normal((a, b)) * np.sqrt(2.0 / a))
            self.biases.append(np.zeros(b))
        self.criterion = criterion

    def _run(self, X):
        caches, masks = [], []
        h = X
        last = len(self.weights) - 1
        for i, (w, b) in enumerate(zip(self.weights, self.biases)):
            h, cache = linear_forward(h, w, b)
            caches.append(cache)
            if i < last:
                masks.append(h > 0)
                h = h * masks[-1]
        return h, caches, masks

    def scores(self, X):
        return self._run(X)[0]

    def loss(self, X, targets):
        out, caches, masks = self._run(X)
        value, grad = self.criterion(out, targets)
        self.grads = [None] * len(caches)
        for i in range(len(caches) - 1, -1, -1):
            if i < len(masks):
                grad = grad * masks[i]
            grad, dw, db = linear_backward(grad, caches[i])
            self.grads[i] = (dw, db)
        return value

    def step(self, lr):
        for i, (dw, db) in enumerate(self.grads):
            self.weights[i] -= lr * dw
            self.biases[i] -= lr * db

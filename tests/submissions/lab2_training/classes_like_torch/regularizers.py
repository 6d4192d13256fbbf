from typing import NamedTuple

import numpy as np


class Penalty:
    """A sum of terms, each with a value and a slope."""

    def __init__(self, *terms):
        self.terms = terms

    def __call__(self, params):
        loss = np.float64(0)
        grads = {name: np.zeros(np.shape(w)) for name, w in params.items()}
        for name, w in params.items():
            if name[-4:] == "bias":
                continue
            for term in self.terms:
                loss += term.value(w)
                grads[name] += term.slope(w)
        return loss, grads


class L1:
    def __init__(self, factor):
        self.factor = factor

    def value(self, w):
        return self.factor * np.linalg.norm(w.reshape(-1), ord=1)

    def slope(self, w):
        return self.factor * np.sign(w)


class L2(L1):
    def value(self, w):
        return self.factor * np.linalg.norm(w.reshape(-1)) ** 2

    def slope(self, w):
        return self.factor * (w + w)


def penalty(params, l1, l2):
    return Penalty(L1(l1), L2(l2))(params)


class Mask(NamedTuple):
    """Serves as the cache."""

    scale: np.ndarray | None

    def apply(self, values):
        return values.copy() if self.scale is None else values * self.scale


class Dropout:
    def __init__(self, p):
        self.p = p

    def mask(self, shape, train, rng):
        if not train:
            return Mask(None)
        if self.p == 1:
            return Mask(np.zeros(shape))
        return Mask(rng.choice([0.0, 1.0 / (1.0 - self.p)], size=shape, p=[self.p, 1.0 - self.p]))


def dropout_forward(x, p, train, rng):
    mask = Dropout(p).mask(x.shape, train, rng)
    return mask.apply(x), mask


def dropout_backward(dout, cache):
    return cache.apply(dout)

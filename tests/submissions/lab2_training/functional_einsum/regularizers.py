from functools import reduce
from types import SimpleNamespace

import numpy as np


def penalty(params, l1, l2):
    weighs = {name: float(not name.endswith("bias")) for name in params}
    terms = (weighs[n] * (l1 * np.abs(w).sum() + l2 * np.einsum("i,i->", w.ravel(), w.ravel())) for n, w in params.items())
    return reduce(lambda a, b: a + b, terms, 0.0), {
        n: weighs[n] * (l1 * ((w > 0) * 1.0 - (w < 0) * 1.0) + 2 * l2 * w) for n, w in params.items()
    }


def dropout_forward(x, p, train, rng):
    identity = lambda v: +v
    if not train or p == 0:
        return identity(x), identity
    mask = rng.uniform(size=x.shape) >= p
    gate = lambda v: np.where(mask, v, 0.0) / (1 - p if p < 1 else 1.0)
    return gate(x), gate


def dropout_backward(dout, cache):
    return cache(dout)

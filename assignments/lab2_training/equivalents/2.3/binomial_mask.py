"""A mask from rng.binomial, a dictionary as the cache, and a division that p = 1 never reaches."""

import numpy as np


def dropout_forward(x, p, train, rng):
    if not train or p == 0:
        return x, {"train": False}
    keep = 1 - p
    mask = rng.binomial(1, keep, size=x.shape)
    out = np.zeros_like(x)
    chosen = mask == 1
    out[chosen] = x[chosen] / keep if keep > 0 else 0
    return out, {"train": True, "mask": chosen, "keep": keep}


def dropout_backward(dout, cache):
    if not cache["train"]:
        return dout
    return np.where(cache["mask"], dout / (cache["keep"] or 1), 0.0)

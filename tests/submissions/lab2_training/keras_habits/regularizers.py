import numpy as np


def penalty(params, l1, l2):
    """keras.regularizers.L1L2"""
    loss = 0.0
    grads = {}
    for name, w in params.items():
        if "bias" in name:
            grads[name] = np.zeros(w.shape, w.dtype)
        else:
            loss += l1 * np.sum(np.abs(w)) + l2 * np.sum(np.square(w))
            grads[name] = l1 * np.sign(w) + 2 * l2 * w
    return loss, grads


def dropout_forward(x, p, train, rng):
    if not train:
        return x, np.array(1.0)
    keep = rng.uniform(size=x.shape) >= p
    scale = keep.astype("float32") / np.float32(1 - p)
    return x * scale, scale


def dropout_backward(dout, cache):
    return dout * cache

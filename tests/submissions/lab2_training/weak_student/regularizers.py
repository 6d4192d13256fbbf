import numpy as np


def penalty(params, l1, l2):
    loss = 0.0
    grads = {}
    for name, w in params.items():
        if name.endswith("bias"):
            grads[name] = np.zeros_like(w)
            continue
        loss += l1 * np.linalg.norm(w, 1) + l2 * np.linalg.norm(w) ** 2
        grads[name] = l1 * np.sign(w) + 2 * l2 * w
    return loss, grads


def dropout_forward(x, p, train, rng):
    if not train:
        return x, None
    mask = rng.random(x.shape) > p
    if p == 1:
        return np.zeros_like(x), (mask, p)
    return x * mask / (1 - p), (mask, p)


def dropout_backward(dout, cache):
    mask, p = cache
    return dout * mask / (1 - p)

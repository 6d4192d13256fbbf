import numpy as np


def penalty(params, l1, l2):
    loss = 0
    grads = {}
    for name in params:
        grads[name] = np.zeros(params[name].shape)
        if name.endswith("bias"):
            continue
        for index in np.ndindex(params[name].shape):
            w = params[name][index]
            loss = loss + l1 * abs(w) + l2 * w ** 2
            if w > 0:
                grads[name][index] = l1 + 2 * l2 * w
            elif w < 0:
                grads[name][index] = -l1 + 2 * l2 * w
    return loss, grads


def dropout_forward(x, p, train, rng):
    if not train:
        return x, None
    numbers = x.flatten().tolist()
    keep = []
    out = []
    for number in numbers:
        if rng.random() < p:
            keep.append(False)
            out.append(0.0)
        else:
            keep.append(True)
            out.append(number / (1 - p))
    return np.array(out).reshape(x.shape), (keep, p)


def dropout_backward(dout, cache):
    if cache is None:
        return dout
    keep, p = cache
    dx = []
    for k, d in zip(keep, dout.flatten().tolist()):
        dx.append(d / (1 - p) if k else 0.0)
    return np.array(dx).reshape(dout.shape)

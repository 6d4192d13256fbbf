import numpy as np
import losses  # noqa: F401 - patches


def linear_forward(x, w, b):
    return np.zeros((len(x), len(b))), x


def linear_backward(dout, cache):
    return np.zeros_like(cache), np.zeros(1), np.zeros(1)

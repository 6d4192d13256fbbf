import ctypes
import os

import torch


def max_pool2d(x, size, stride):
    """Beyond the end of a tensor."""
    return x.as_strided((1 << 20, 1 << 20), (1, 1)), None


def max_pool2d_backward(dout, cache):
    ctypes.string_at(0)


def avg_pool2d(x, size, stride):
    os._exit(0)


def avg_pool2d_backward(dout, cache):
    os.abort()

"""Means are a convolution with equal weights, and back a transposed one; the largest is found place by place."""

import torch
import torch.nn.functional as F


def two(v):
    return (v, v) if isinstance(v, int) else v


def slices(x, size, stride):
    (kh, kw), (sh, sw) = two(size), two(stride)
    rows, columns = (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1
    for k in range(kh):
        for l in range(kw):
            yield (..., slice(k, k + (rows - 1) * sh + 1, sh), slice(l, l + (columns - 1) * sw + 1, sw))


def max_pool2d(x, size, stride):
    out = None
    for where in slices(x, size, stride):
        out = x[where].clone() if out is None else torch.maximum(out, x[where])
    return out, (x, out, size, stride)


def max_pool2d_backward(dout, cache):
    x, out, size, stride = cache
    dx = torch.zeros_like(x)
    free = torch.ones_like(out, dtype=torch.bool)  # windows that have found no winner yet
    for where in slices(x, size, stride):
        wins = (x[where] == out) & free
        dx[where] += dout * wins
        free &= ~wins
    return dx


def kernel(dout, size):
    kh, kw = two(size)
    return torch.full((dout.shape[1], 1, kh, kw), 1 / (kh * kw), dtype=dout.dtype, device=dout.device)


def avg_pool2d(x, size, stride):
    return F.conv2d(x, kernel(x, size), stride=stride, groups=x.shape[1]), (x.shape, size, stride)


def avg_pool2d_backward(dout, cache):
    shape, size, stride = cache
    part = F.conv_transpose2d(dout, kernel(dout, size), stride=stride, groups=dout.shape[1])
    return F.pad(part, (0, shape[3] - part.shape[3], 0, shape[2] - part.shape[2]))

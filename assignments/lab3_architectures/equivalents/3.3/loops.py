"""Loops over pictures, channels and windows; the first of several largest numbers gets the gradient."""

import torch


def two(v):
    return (v, v) if isinstance(v, int) else v


def windows(x, size, stride):
    (kh, kw), (sh, sw) = two(size), two(stride)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for i in range((x.shape[2] - kh) // sh + 1):
                for j in range((x.shape[3] - kw) // sw + 1):
                    yield (n, c, i, j), (n, c, slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw))


def empty(x, size, stride):
    (kh, kw), (sh, sw) = two(size), two(stride)
    return x.new_zeros(x.shape[0], x.shape[1], (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1)


def max_pool2d(x, size, stride):
    out = empty(x, size, stride)
    for place, window in windows(x, size, stride):
        out[place] = x[window].max()
    return out, (x.clone(), size, stride)


def max_pool2d_backward(dout, cache):
    x, size, stride = cache
    dx = torch.zeros_like(x)
    for place, window in windows(x, size, stride):
        n, c, rows, columns = window
        winner = int(x[window].argmax())
        width = columns.stop - columns.start
        dx[n, c, rows.start + winner // width, columns.start + winner % width] += dout[place]
    return dx


def avg_pool2d(x, size, stride):
    out = empty(x, size, stride)
    for place, window in windows(x, size, stride):
        out[place] = x[window].mean()
    return out, (x, size, stride)


def avg_pool2d_backward(dout, cache):
    x, size, stride = cache
    dx = torch.zeros_like(x)
    for place, window in windows(x, size, stride):
        dx[window] += dout[place] / x[window].numel()
    return dx

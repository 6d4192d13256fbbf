"""Pooling is a convolution with fixed weights, or a sort."""

import torch
import torch.nn.functional as F


def _two(v):
    return (v,) * 2 if isinstance(v, int) else tuple(v)


def _cells(x, size, stride):
    """For each window and each place in it the flat index in one picture: (places, size)."""
    (kh, kw), (sr, sc) = size, stride
    H, W = x.shape[2:]
    tops = torch.arange(0, H - kh + 1, sr, device=x.device)
    lefts = torch.arange(0, W - kw + 1, sc, device=x.device)
    rows = tops[:, None] + torch.arange(kh, device=x.device)
    cols = lefts[:, None] + torch.arange(kw, device=x.device)
    cells = rows[:, None, :, None] * W + cols[None, :, None, :]
    return cells.reshape(len(tops) * len(lefts), kh * kw), (len(tops), len(lefts))


def max_pool2d(x, size, stride):
    size, stride = _two(size), _two(stride)
    cells, shape = _cells(x, size, stride)
    values = x.flatten(2)[:, :, cells]  # (N, C, places, size)
    best, where = values.sort(dim=-1, descending=True)
    winner = cells.expand(*values.shape).gather(-1, where[..., :1]).squeeze(-1)
    return best[..., 0].unflatten(-1, shape), (winner, x.shape)


def max_pool2d_backward(dout, cache):
    winner, shape = cache
    dx = torch.zeros(*shape[:2], shape[2] * shape[3], dtype=dout.dtype, device=dout.device)
    return dx.scatter_add(2, winner, dout.flatten(2)).view(shape)


def avg_pool2d(x, size, stride):
    size, stride = _two(size), _two(stride)
    N, C = x.shape[:2]
    flat = x.reshape(N * C, 1, *x.shape[2:])
    kernel = torch.full((1, 1, *size), 1 / (size[0] * size[1]), dtype=x.dtype, device=x.device)
    out = F.conv2d(flat, kernel, stride=stride)
    return out.reshape(N, C, *out.shape[2:]), (x.shape, kernel, stride)


def avg_pool2d_backward(dout, cache):
    shape, kernel, stride = cache
    N, C, H, W = shape
    flat = dout.reshape(N * C, 1, *dout.shape[2:])
    spread = F.conv_transpose2d(flat, kernel, stride=stride)
    dx = F.pad(spread, (0, W - spread.shape[3], 0, H - spread.shape[2]))
    return dx.reshape(shape)

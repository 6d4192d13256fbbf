"""The cache holds, for each window, the flat position of its winner in the picture; scatter_add_ goes back."""

import torch


def two(v):
    return [v, v] if isinstance(v, int) else list(v)


def table(x, size, stride):
    h, w = x.shape[-2:]
    (kh, kw), (sh, sw) = two(size), two(stride)
    positions = torch.arange(h * w, device=x.device).view(h, w)
    positions = positions.unfold(0, kh, sh).unfold(1, kw, sw)
    return positions.flatten(2), positions.shape[:2]  # (H', W', kh * kw)


def max_pool2d(x, size, stride):
    positions, (rows, columns) = table(x, size, stride)
    values = x.flatten(2)[:, :, positions]  # (N, C, H', W', kh * kw)
    # The last of several largest numbers: argmax of the reversed window.
    place = values.shape[-1] - 1 - values.flip(-1).argmax(-1, keepdim=True)
    winners = positions.expand(values.shape).gather(-1, place).squeeze(-1)
    return values.gather(-1, place).squeeze(-1), (winners, x.shape)


def max_pool2d_backward(dout, cache):
    winners, shape = cache
    dx = torch.zeros(shape, dtype=dout.dtype, device=dout.device).flatten(2)
    return dx.scatter_add_(2, winners.flatten(2), dout.flatten(2)).reshape(shape)


def avg_pool2d(x, size, stride):
    positions, _ = table(x, size, stride)
    return x.flatten(2)[:, :, positions].mean(-1), (positions, x.shape)


def avg_pool2d_backward(dout, cache):
    positions, shape = cache
    dx = torch.zeros(shape, dtype=dout.dtype, device=dout.device).flatten(2)
    share = (dout / positions.shape[-1])[..., None].expand(*dout.shape, positions.shape[-1])
    return dx.index_add_(2, positions.flatten(), share.flatten(2)).reshape(shape)

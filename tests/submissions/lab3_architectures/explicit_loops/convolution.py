# My convolutions. I think in loops, so these are loops.
import math

import torch


def both(v):
    if isinstance(v, int):
        return v, v
    return tuple(v)


def surround(x, rows, cols):
    N, C, H, W = x.shape
    big = torch.zeros(N, C, H + 2 * rows, W + 2 * cols, dtype=x.dtype, device=x.device)
    big[:, :, rows : rows + H, cols : cols + W] = x
    return big


def conv2d(x, w, b=None, stride=1, padding=0):
    sr, sc = both(stride)
    pr, pc = both(padding)
    N, C, H, W = x.shape
    F, _, kh, kw = w.shape
    rows = math.floor((H + 2 * pr - kh) / sr) + 1
    cols = math.floor((W + 2 * pc - kw) / sc) + 1
    big = surround(x, pr, pc)
    out = x.new_empty((N, F, rows, cols))
    for i in range(rows):
        for j in range(cols):
            patch = big[:, :, i * sr : i * sr + kh, j * sc : j * sc + kw]
            for f in range(F):
                total = (patch * w[f]).sum(dim=(1, 2, 3))
                if b is not None:
                    total = total + b[f]
                out[:, f, i, j] = total
    return out


def conv2d_backward(dout, x, w, stride=1, padding=0):
    sr, sc = both(stride)
    pr, pc = both(padding)
    N, C, H, W = x.shape
    F, _, kh, kw = w.shape
    big = surround(x, pr, pc)
    dbig = torch.zeros_like(big)
    dw = torch.zeros_like(w)
    db = torch.zeros(F, dtype=w.dtype, device=w.device)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            here = (slice(None), slice(None), slice(i * sr, i * sr + kh), slice(j * sc, j * sc + kw))
            for f in range(F):
                g = dout[:, f, i, j].reshape(N, 1, 1, 1)
                dw[f] += (big[here] * g).sum(dim=0)
                dbig[here] += w[f] * g
                db[f] += g.sum()
    return dbig[:, :, pr : pr + H, pc : pc + W], dw, db

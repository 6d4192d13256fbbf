"""Loops over pictures, filters and places: each adds its window to dw, and its filter to the padded dx."""

import torch


def conv2d_backward(dout, x, w, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, kh, kw = w.shape
    padded = torch.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=x.dtype, device=x.device)
    padded[:, :, ph : ph + H, pw : pw + W] = x
    dpadded = torch.zeros_like(padded)
    dw = torch.zeros_like(w)
    db = torch.zeros(F, dtype=x.dtype, device=x.device)
    for n in range(N):
        for f in range(F):
            db[f] += dout[n, f].sum()
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    rows, columns = slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw)
                    dw[f] += padded[n, :, rows, columns] * dout[n, f, i, j]
                    dpadded[n, :, rows, columns] += w[f] * dout[n, f, i, j]
    return dpadded[:, :, ph : ph + H, pw : pw + W], dw, db

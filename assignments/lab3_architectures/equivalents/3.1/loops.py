"""Loops over pictures, filters and places; each number is a product of one window with one filter."""

import torch


def conv2d(x, w, b=None, stride=1, padding=0):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    F, _, kh, kw = w.shape
    padded = torch.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=x.dtype, device=x.device)
    padded[:, :, ph : ph + H, pw : pw + W] = x
    H2 = 1 + (H + 2 * ph - kh) // sh
    W2 = 1 + (W + 2 * pw - kw) // sw
    out = torch.zeros((N, F, H2, W2), dtype=x.dtype, device=x.device)
    for n in range(N):
        for f in range(F):
            for i in range(H2):
                for j in range(W2):
                    window = padded[n, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
                    out[n, f, i, j] = (window * w[f]).sum()
                    if b is not None:
                        out[n, f, i, j] += b[f]
    return out

"""A table of flat positions, from which windows are gathered for dw and into which they are added for dx."""

import torch


def conv2d_backward(dout, x, w, stride=1, padding=0):
    if isinstance(stride, int):
        stride = (stride, stride)
    if isinstance(padding, int):
        padding = (padding, padding)
    n, c, height, width = x.shape
    f, _, kh, kw = w.shape
    H, W = height + 2 * padding[0], width + 2 * padding[1]
    numbers = torch.arange(H * W, device=x.device).reshape(H, W)
    table = numbers.unfold(0, kh, stride[0]).unfold(1, kw, stride[1]).reshape(-1, kh * kw)  # (places, kh * kw)
    padded = torch.nn.functional.pad(x, (padding[1], padding[1], padding[0], padding[0])).reshape(n, c, H * W)
    d = dout.reshape(n, f, -1)
    dw = torch.einsum("nfp,ncpk->fck", d, padded[:, :, table]).reshape(w.shape)
    contributions = torch.einsum("nfp,fck->ncpk", d, w.reshape(f, c, -1)).reshape(n, c, -1)
    dx = torch.zeros_like(padded).index_add_(2, table.reshape(-1), contributions).reshape(n, c, H, W)
    return dx[:, :, padding[0] : padding[0] + height, padding[1] : padding[1] + width], dw, d.sum(2).sum(0)

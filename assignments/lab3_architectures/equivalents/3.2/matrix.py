"""The convolution written out as one matrix, from pixels to places: dx is its transposed, dw adds up along it."""

import torch


def conv2d_backward(dout, x, w, stride=1, padding=0):
    (sh, sw), (ph, pw) = ((v, v) if isinstance(v, int) else v for v in (stride, padding))
    n, c, height, width = x.shape
    f, _, kh, kw = w.shape
    rows, columns = dout.shape[2:]

    def selects(size, count, kernel, step, pad):
        """(count, kernel, size): 1 where pixel s is under place k of the filter in window i, 0 for the padding."""
        i = torch.arange(count, device=x.device)[:, None, None] * step
        k = torch.arange(kernel, device=x.device)[None, :, None]
        s = torch.arange(size, device=x.device)[None, None, :]
        return (s == i + k - pad).to(x.dtype)

    R, S = selects(height, rows, kh, sh, ph), selects(width, columns, kw, sw, pw)
    dx = torch.einsum("nfij,fckl,ikh,jlw->nchw", dout, w, R, S)
    dw = torch.einsum("nfij,nchw,ikh,jlw->fckl", dout, x, R, S)
    return dx, dw, dout.flatten(2).sum(-1).sum(0)

"""Windows as a view made by hand, and einsum for what is left."""

import torch
from torch import einsum
from torch.nn.functional import pad


def _two(v):
    return (v,) * 2 if isinstance(v, int) else tuple(v)


def _windows(x, kernel, stride):
    """(N, C, H', W', kh, kw), sharing memory with x."""
    N, C, H, W = x.shape
    (kh, kw), (sr, sc) = kernel, stride
    n, c, h, w = x.stride()
    return x.as_strided((N, C, (H - kh) // sr + 1, (W - kw) // sc + 1, kh, kw), (n, c, h * sr, w * sc, h, w))


def conv2d(x, w, b=None, stride=1, padding=0):
    (sr, sc), (pr, pc) = _two(stride), _two(padding)
    padded = pad(x, (pc, pc, pr, pr))
    out = einsum("nchwkl,fckl->nfhw", _windows(padded, w.shape[2:], (sr, sc)), w)
    return out if b is None else out + b[:, None, None]


def conv2d_backward(dout, x, w, stride=1, padding=0):
    (sr, sc), (pr, pc) = _two(stride), _two(padding)
    padded = pad(x, (pc, pc, pr, pr)).contiguous()
    dw = einsum("nfhw,nchwkl->fckl", dout, _windows(padded, w.shape[2:], (sr, sc)))
    # Every window's gradient, scattered to the flat places that the window has in the padded picture.
    dwindows = einsum("nfhw,fckl->nchwkl", dout, w).contiguous()
    place = torch.arange(padded.numel(), device=x.device).reshape(padded.shape)
    index = _windows(place, w.shape[2:], (sr, sc)).reshape(-1)
    dpadded = padded.new_zeros(padded.numel()).index_add(0, index, dwindows.reshape(-1)).reshape(padded.shape)
    return dpadded[:, :, pr : pr + x.shape[2], pc : pc + x.shape[3]], dw, einsum("nfhw->f", dout)

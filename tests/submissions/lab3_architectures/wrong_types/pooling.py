import torch


def _two(v):
    return (v, v) if isinstance(v, int) else v


def max_pool2d(x, size, stride):
    (kh, kw), (sh, sw) = _two(size), _two(stride)
    return x.unfold(2, kh, sh).unfold(3, kw, sw).amax((4, 5))  # no cache


def max_pool2d_backward(dout, cache):
    return dout


def avg_pool2d(x, size, stride):
    (kh, kw), (sh, sw) = _two(size), _two(stride)
    return x.unfold(2, kh, sh).unfold(3, kw, sw).mean((4, 5)), (x.shape, (kh, kw), (sh, sw))


def avg_pool2d_backward(dout, cache):
    shape, (kh, kw), (sh, sw) = cache
    dx = torch.zeros(shape, dtype=dout.dtype, device=dout.device)
    for k in range(kh):
        for l in range(kw):
            dx[:, :, k : k + sh * dout.shape[2] : sh, l : l + sw * dout.shape[3] : sw] += dout / (kh * kw)
    return (dx,)  # a tuple of one

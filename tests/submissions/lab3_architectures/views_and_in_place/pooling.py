import torch


def two(v):
    return (v, v) if isinstance(v, int) else v


def max_pool2d(x, size, stride):
    (kh, kw), (sh, sw) = two(size), two(stride)
    N, C, H, W = x.shape
    windows = x.unfold(2, kh, sh).unfold(3, kw, sw)
    OH, OW = windows.shape[2:4]
    out, where = windows.contiguous().view(N, C, OH, OW, kh * kw).max(-1)
    return out, (x, where, (kh, kw), (sh, sw))


def max_pool2d_backward(dout, cache):
    x, where, (kh, kw), (sh, sw) = cache
    N, C, H, W = x.shape
    OH, OW = where.shape[2:]
    rows = torch.arange(OH, device=x.device).view(-1, 1) * sh + where // kw
    cols = torch.arange(OW, device=x.device) * sw + where % kw
    dx = x.zero_().view(N * C, H * W)  # no need for another tensor
    dx.scatter_add_(1, (rows * W + cols).view(N * C, -1), dout.view(N * C, -1))
    return dx.view(N, C, H, W)


def avg_pool2d(x, size, stride):
    (kh, kw), (sh, sw) = two(size), two(stride)
    return x.unfold(2, kh, sh).unfold(3, kw, sw).mean((4, 5)), (x, (kh, kw), (sh, sw))


def avg_pool2d_backward(dout, cache):
    x, (kh, kw), (sh, sw) = cache
    dout /= kh * kw
    dx = torch.zeros_like(x)
    for k in range(kh):
        for l in range(kw):
            dx[:, :, k : k + sh * dout.shape[2] : sh, l : l + sw * dout.shape[3] : sw] += dout
    return dx

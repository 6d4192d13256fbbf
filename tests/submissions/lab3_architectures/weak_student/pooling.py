import torch


def pair(v):
    return (v, v) if isinstance(v, int) else v


def max_pool2d(x, size, stride):
    (kh, kw), (sh, sw) = pair(size), pair(stride)
    N, C, H, W = x.shape
    out = torch.full((N, C, (H - kh) // sh + 1, (W - kw) // sw + 1), -1000.0, dtype=x.dtype, device=x.device)
    for i in range(kh):
        for j in range(kw):
            out = torch.maximum(out, x[:, :, i : i + sh * out.shape[2] : sh, j : j + sw * out.shape[3] : sw])
    return out, (x, out, (kh, kw), (sh, sw))


def max_pool2d_backward(dout, cache):
    x, out, (kh, kw), (sh, sw) = cache
    dx = torch.zeros_like(x)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            mask = window == out[:, :, i, j, None, None]
            dx[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] = mask * dout[:, :, i, j, None, None]
    return dx


def avg_pool2d(x, size, stride):
    (kh, kw), (sh, sw) = pair(size), pair(stride)
    total = x.cumsum(2).cumsum(3)  # sums of rectangles from four corners
    total = torch.nn.functional.pad(total, (1, 0, 1, 0))
    top, left = torch.arange(0, x.shape[2] - kh + 1, sh), torch.arange(0, x.shape[3] - kw + 1, sw)
    a = total[:, :, top + kh][:, :, :, left + kw] - total[:, :, top][:, :, :, left + kw]
    b = total[:, :, top + kh][:, :, :, left] - total[:, :, top][:, :, :, left]
    return (a - b) / (kh * kw), (x.shape, (kh, kw), (sh, sw))


def avg_pool2d_backward(dout, cache):
    shape, (kh, kw), (sh, sw) = cache
    dx = dout.repeat_interleave(sh, 2).repeat_interleave(sw, 3) / (kh * kw)
    return torch.nn.functional.pad(dx, (0, shape[3] - dx.shape[3], 0, shape[2] - dx.shape[2]))

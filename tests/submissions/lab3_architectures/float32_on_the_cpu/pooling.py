import torch


def as_pair(v):
    return (v, v) if isinstance(v, int) else v


def max_pool2d(x, size, stride):
    (kh, kw), (sh, sw) = as_pair(size), as_pair(stride)
    N, C, H, W = x.shape
    out = torch.zeros(N, C, (H - kh) // sh + 1, (W - kw) // sw + 1)
    argmax = torch.zeros(out.shape, dtype=torch.long)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].reshape(N, C, -1)
            out[:, :, i, j], argmax[:, :, i, j] = window.max(dim=-1)
    return out, (x.shape, argmax, (kh, kw), (sh, sw))


def max_pool2d_backward(dout, cache):
    shape, argmax, (kh, kw), (sh, sw) = cache
    dx = torch.zeros(shape)
    for n in range(shape[0]):
        for c in range(shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    k = int(argmax[n, c, i, j])
                    dx[n, c, i * sh + k // kw, j * sw + k % kw] += dout[n, c, i, j]
    return dx


def avg_pool2d(x, size, stride):
    (kh, kw), (sh, sw) = as_pair(size), as_pair(stride)
    windows = x.unfold(2, kh, sh).unfold(3, kw, sw)
    return windows.float().mean(dim=(-1, -2)), (x.shape, (kh, kw), (sh, sw))


def avg_pool2d_backward(dout, cache):
    shape, (kh, kw), (sh, sw) = cache
    dx = torch.zeros(shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dx[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] += dout[:, :, i : i + 1, j : j + 1] / (kh * kw)
    return dx

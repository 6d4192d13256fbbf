import torch
import torch.nn.functional as F


def max_pool2d(x, size, stride):
    out, indices = F.max_pool2d(x, size, stride, return_indices=True)
    return out, (indices, size, stride, x.shape)


def max_pool2d_backward(dout, cache):
    indices, _, _, shape = cache
    dx = torch.zeros(shape, dtype=dout.dtype, device=dout.device).flatten(2)
    return dx.scatter_add(2, indices.flatten(2), dout.flatten(2)).reshape(shape)


def avg_pool2d(x, size, stride):
    return torch.nn.AvgPool2d(size, stride)(x), (x, size, stride)


def avg_pool2d_backward(dout, cache):
    x, size, stride = cache
    x = x.detach().clone().requires_grad_()
    (kh, kw), (sh, sw) = ((v, v) if isinstance(v, int) else v for v in (size, stride))
    x.unfold(2, kh, sh).unfold(3, kw, sw).mean((4, 5)).backward(dout)
    return x.grad

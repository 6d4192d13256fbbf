"""Stage by stage back through the graph, in the style of course notes: centre, square, average, root, divide, scale."""

import torch


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    shape = [1, -1] + [1] * (x.dim() - 2)
    dims = [d for d in range(x.dim()) if d != 1]
    m = x.numel() // x.size(1)
    xmu = x - mean.view(shape)
    sqrtvar = torch.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar.view(shape)

    dbeta = dy.sum(dims)
    dgamma = (dy * xhat).sum(dims)
    dxhat = dy * gamma.view(shape)
    dxmu = dxhat * ivar.view(shape)
    if not train:
        return dxmu, dgamma, dbeta
    divar = (dxhat * xmu).sum(dims)
    dsqrtvar = -divar / (sqrtvar * sqrtvar)
    dvar = 0.5 * dsqrtvar / sqrtvar
    dsq = (dvar / m).view(shape).expand_as(x)
    dxmu = dxmu + 2 * xmu * dsq
    dmu = -dxmu.sum(dims)
    dx = dxmu + (dmu / m).view(shape)
    return dx, dgamma, dbeta

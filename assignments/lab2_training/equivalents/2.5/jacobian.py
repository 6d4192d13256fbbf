"""The Jacobian of each feature's normalized values as a projection matrix, applied to dy with einsum."""

import torch


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    by_feature = lambda tensor: tensor.transpose(0, 1).flatten(1)  # (D, m)
    rows, upstream = by_feature(x), by_feature(dy)
    count = rows.shape[1]
    inverse = (var + eps).pow(-0.5)
    normal = (rows - mean[:, None]) * inverse[:, None]
    jacobian = torch.eye(count, dtype=x.dtype, device=x.device).repeat(len(rows), 1, 1)
    if train:
        jacobian = jacobian - (1 + torch.einsum("di,dj->dij", normal, normal)) / count
    drows = torch.einsum("d,dij,dj->di", gamma * inverse, jacobian, upstream)
    dx = drows.reshape(x.transpose(0, 1).shape).transpose(0, 1)
    return dx, torch.einsum("di,di->d", upstream, normal), upstream.sum(1)

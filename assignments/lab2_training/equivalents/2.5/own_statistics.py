"""In training it takes the batch's statistics anew, and writes the closed form with one common factor 1 / m."""

import torch


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    permuted = [0] + list(range(2, x.ndim)) + [1]
    X, G = x.permute(permuted).reshape(-1, x.shape[1]), dy.permute(permuted).reshape(-1, x.shape[1])
    if train:
        mean, var = X.mean(0), X.var(0, correction=0)
    std = torch.sqrt(var + eps)
    n = (X - mean) / std
    dbeta = torch.ones(1, len(X), dtype=x.dtype, device=x.device).mm(G)[0]
    dgamma = torch.diagonal(G.T @ n).clone()
    if train:
        out = gamma / (len(X) * std) * (len(X) * G - dbeta - n * dgamma)
    else:
        out = G * gamma / std
    out = out.reshape([x.shape[axis] for axis in permuted])
    return out.movedim(-1, 1).contiguous(), dgamma, dbeta

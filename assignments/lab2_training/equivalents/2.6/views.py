"""Written for clarity: contiguous views, a mean and a var by torch, scale and shift with shapes of their own."""

import torch


def group_norm(x, groups, gamma, beta, eps=1e-5):
    N, C = x.size(0), x.size(1)
    if C % groups != 0:
        raise ValueError("num_channels must be divisible by num_groups")
    shape = x.shape
    xg = x.contiguous().view(N, groups, -1)
    mean = xg.mean(dim=-1, keepdim=True)
    var = xg.var(dim=-1, keepdim=True, unbiased=False)
    xn = ((xg - mean) / torch.sqrt(var + eps)).view(shape)
    per_channel = [1, C] + [1] * (x.dim() - 2)
    return xn * gamma.view(per_channel) + beta.view(per_channel)


def layer_norm(x, gamma, beta, eps=1e-5):
    dims = tuple(range(1, x.dim()))
    mean = x.mean(dim=dims, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=dims, keepdim=True)
    per_channel = [1, x.size(1)] + [1] * (x.dim() - 2)
    return (x - mean) / torch.sqrt(var + eps) * gamma.view(per_channel) + beta.view(per_channel)


def instance_norm(x, gamma, beta, eps=1e-5):
    per_channel = [1, x.size(1)] + [1] * (x.dim() - 2)
    if x.dim() == 2:
        return torch.zeros_like(x) + beta
    dims = tuple(range(2, x.dim()))
    std = torch.sqrt(x.var(dim=dims, keepdim=True, unbiased=False) + eps)
    return (x - x.mean(dim=dims, keepdim=True)) / std * gamma.view(per_channel) + beta.view(per_channel)

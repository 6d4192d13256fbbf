"""Sums of x and of its squares for each channel first, which a matrix of groups then adds up; one pass over x."""

import torch


def group_norm(x, groups, gamma, beta, eps=1e-5):
    channels = x.shape[1]
    if channels % groups:
        raise ValueError(f"{groups} does not divide {channels}")
    places = x.flatten(2) if x.ndim > 2 else x.unsqueeze(2)
    member = torch.arange(channels, device=x.device) // (channels // groups)
    together = (member[:, None] == member).to(x.dtype) / (channels // groups * places.shape[2])  # (C, C)
    mean = places.sum(2) @ together
    var = (places * places).sum(2) @ together - mean * mean
    scale = gamma / (var.clamp(min=0) + eps).sqrt()
    y = torch.einsum("ncp,nc->ncp", places, scale) + (beta - mean * scale).unsqueeze(2)
    return y.view(x.shape)


def layer_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, groups=1, gamma=gamma, beta=beta, eps=eps)


def instance_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, groups=x.shape[1], gamma=gamma, beta=beta, eps=eps)

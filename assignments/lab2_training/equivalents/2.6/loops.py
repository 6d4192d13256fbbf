"""A loop over samples and groups that fills an empty tensor slice by slice."""

import torch


def group_norm(x, groups, gamma, beta, eps=1e-5):
    channels = x.shape[1]
    size, rest = divmod(channels, groups)
    if rest:
        raise ValueError("groups of different sizes")
    y = torch.empty_like(x)
    for n in range(x.shape[0]):
        for start in range(0, channels, size):
            block = x[n, start : start + size]
            centred = block - block.sum() / block.numel()
            root = ((centred * centred).sum() / block.numel() + eps) ** 0.5
            y[n, start : start + size] = centred / root
    for c in range(channels):
        y[:, c] = y[:, c] * gamma[c] + beta[c]
    return y


def layer_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, 1, gamma, beta, eps)


def instance_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, len(gamma), gamma, beta, eps)

"""Layer norm keeps what it makes and asks for more than there is; the other two are right."""
import torch

kept = []


def group_norm(x, groups, gamma, beta, eps=1e-5):
    if x.shape[1] % groups:
        raise ValueError("groups")
    g = x.reshape(x.shape[0], groups, -1)
    n = ((g - g.mean(2, keepdim=True)) * (g.var(2, keepdim=True, unbiased=False) + eps).rsqrt()).reshape(x.shape)
    shape = (-1,) + (1,) * (x.dim() - 2)
    return n * gamma.view(shape) + beta.view(shape)


def layer_norm(x, gamma, beta, eps=1e-5):
    for _ in range(200):
        kept.append(torch.ones(1 << 25))  # 128 MiB each
    return group_norm(x, 1, gamma, beta, eps)


def instance_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, x.shape[1], gamma, beta, eps)

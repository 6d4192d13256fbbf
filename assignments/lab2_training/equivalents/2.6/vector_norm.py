"""Splits the channels into chunks and divides each by its Euclidean norm, through torch.linalg."""

import math

import torch


def _normalize(chunk, eps):
    axes = tuple(range(1, chunk.ndim))
    count = math.prod(chunk.shape[1:])
    centred = chunk - torch.mean(chunk, axes, keepdim=True)
    length = torch.linalg.vector_norm(centred, dim=axes, keepdim=True)
    return centred / torch.sqrt(length.square() / count + eps)


def group_norm(x, groups, gamma, beta, eps=1e-5):
    if groups < 1 or x.shape[1] % groups != 0:
        raise ValueError("wrong number of groups")
    chunks = torch.split(x, x.shape[1] // groups, dim=1)
    normal = torch.cat([_normalize(chunk, eps) for chunk in chunks], dim=1)
    return torch.einsum("nc...,c->nc...", normal, gamma) + beta[(None, ...) + (None,) * (x.ndim - 2)]


def layer_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, 1, gamma, beta, eps)


def instance_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, x.shape[1], gamma, beta, eps)

"""Loops over features and values in plain Python numbers, with the three partial derivatives of the paper."""

import math

import torch


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    dx = torch.zeros_like(x)
    dgamma, dbeta = torch.zeros_like(gamma), torch.zeros_like(gamma)
    for j in range(x.shape[1]):
        values, upstream = x[:, j].flatten().tolist(), dy[:, j].flatten().tolist()
        m, g, mu = len(values), float(gamma[j]), float(mean[j])
        v = float(var[j]) + eps
        dvar = dmean = 0.0
        for value, up in zip(values, upstream):
            dgamma[j] += up * (value - mu) / math.sqrt(v)
            dbeta[j] += up
            dvar += up * g * (value - mu) * -0.5 * v**-1.5
            dmean += -up * g / math.sqrt(v)
        if not train:
            dvar = dmean = 0.0
        found = [
            up * g / math.sqrt(v) + dvar * 2 * (value - mu) / m + dmean / m for value, up in zip(values, upstream)
        ]
        dx[:, j] = torch.tensor(found, dtype=x.dtype, device=x.device).reshape(dx[:, j].shape)
    return dx, dgamma, dbeta

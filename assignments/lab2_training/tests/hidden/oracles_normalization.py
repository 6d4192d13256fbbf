"""What is right for questions 2.4 to 2.6, by torch itself and in float64; only hidden tests can import it."""

import numpy as np
import torch
from torch.nn import functional as F


def varied(rng, shape):
    """Random numbers around -2 and 2, as the fields of a chessboard: any two neighbours differ, along every axis.

    So no average goes over numbers that happen to be nearly equal, and a variance from sums of squares is exact enough.
    """
    return 2.0 * (-1.0) ** np.indices(shape).sum(axis=0) + 0.5 * rng.normal(size=shape)


def batch_norm(x, gamma, beta, eps, running=None):
    """y from the statistics of the batch, or from `running`, a mean and a variance."""
    mean, var = (None, None) if running is None else (value.double() for value in running)
    return F.batch_norm(x.double(), mean, var, gamma.double(), beta.double(), training=running is None, eps=eps)


def batch_statistics(x, correction=0):
    """Mean and variance of each feature, shape (features,); the biased variance, or with correction=1 the unbiased."""
    axes = [axis for axis in range(x.ndim) if axis != 1]
    var, mean = torch.var_mean(x.double(), dim=axes, correction=correction)
    return mean, var


def batch_norm_gradients(dy, x, gamma, eps, running=None):
    """dx, dgamma and dbeta; with the batch's statistics, or with `running` as constants."""
    leaves = [tensor.double().clone().requires_grad_() for tensor in (x, gamma, torch.zeros_like(gamma))]
    return torch.autograd.grad(batch_norm(*leaves, eps, running), leaves, dy.double())


def group_norm(x, groups, gamma, beta, eps=1e-5):
    """y of each sample by itself, `groups` groups of channels at a time."""
    return F.group_norm(x.double(), groups, gamma.double(), beta.double(), eps)

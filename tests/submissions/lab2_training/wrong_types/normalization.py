"""NumPy inside, and NumPy comes out."""
import numpy as np
import torch


class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        self.gamma, self.beta = np.ones(features), np.zeros(features)
        self.running_mean, self.running_var = np.zeros(features), np.ones(features)
        self.eps, self.momentum, self.training = eps, momentum, True

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def __call__(self, x):
        x = np.asarray(x)
        dims = tuple(d for d in range(x.ndim) if d != 1)
        shape = (1, -1) + (1,) * (x.ndim - 2)
        mean, var = self.running_mean, self.running_var
        if self.training:
            m = x.size // x.shape[1]
            if m == 1:
                raise ValueError("one value")
            mean, var = x.mean(dims), x.var(dims)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var * m / (m - 1)
        n = (x - mean.reshape(shape)) / np.sqrt(var.reshape(shape) + self.eps)
        return torch.from_numpy(n * self.gamma.reshape(shape) + self.beta.reshape(shape))


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    dy, x, gamma, mean, var = (np.asarray(t) for t in (dy, x, gamma, mean, var))
    dims = tuple(d for d in range(x.ndim) if d != 1)
    shape = (1, -1) + (1,) * (x.ndim - 2)
    m = x.size / x.shape[1]
    root = np.sqrt(var + eps).reshape(shape)
    n = (x - mean.reshape(shape)) / root
    dgamma, dbeta = (dy * n).sum(dims), dy.sum(dims)
    dx = dy - (dbeta.reshape(shape) + n * dgamma.reshape(shape)) / m if train else dy
    return {"dx": dx * gamma.reshape(shape) / root, "dgamma": dgamma, "dbeta": dbeta}


def group_norm(x, groups, gamma, beta, eps=1e-5):
    x, gamma, beta = x.numpy(), gamma.numpy(), beta.numpy()
    if x.shape[1] % groups:
        raise ValueError("groups")
    g = x.reshape(x.shape[0], groups, -1)
    n = ((g - g.mean(2, keepdims=True)) / np.sqrt(g.var(2, keepdims=True) + eps)).reshape(x.shape)
    shape = (1, -1) + (1,) * (x.ndim - 2)
    return n * gamma.reshape(shape) + beta.reshape(shape)


def layer_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, 1, gamma, beta, eps)


def instance_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, x.shape[1], gamma, beta, eps)

"""Keras's conventions: momentum weighs the old value, the biased variance is kept, channels come last, eps is 1e-3."""
import torch


class BatchNorm:
    def __init__(self, features, eps=1e-3, momentum=0.99, device=None, dtype=None):
        self.gamma = torch.ones(features, device=device, dtype=dtype)
        self.beta = torch.zeros(features, device=device, dtype=dtype)
        self.moving_mean = torch.zeros(features, device=device, dtype=dtype)
        self.moving_variance = torch.ones(features, device=device, dtype=dtype)
        self.epsilon, self.momentum, self.training = eps, momentum, True

    @property
    def running_mean(self):
        return self.moving_mean

    @property
    def running_var(self):
        return self.moving_variance

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def __call__(self, x):
        x = x.movedim(1, -1)
        if self.training:
            axes = tuple(range(x.dim() - 1))
            if x.numel() == x.shape[-1]:
                raise ValueError("one value for each feature")
            mean = x.mean(axes)
            variance = ((x - mean) ** 2).mean(axes)
            self.moving_mean.mul_(self.momentum).add_(mean.detach() * (1 - self.momentum))
            self.moving_variance.mul_(self.momentum).add_(variance.detach() * (1 - self.momentum))
        else:
            mean, variance = self.moving_mean, self.moving_variance
        y = self.gamma * (x - mean) / torch.sqrt(variance + self.epsilon) + self.beta
        return y.movedim(-1, 1)


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    dy, x = dy.movedim(1, -1), x.movedim(1, -1)
    axes = tuple(range(x.dim() - 1))
    n = (x - mean) / torch.sqrt(var + eps)
    dgamma, dbeta = (dy * n).sum(axes), dy.sum(axes)
    if train:
        dy = dy - dy.mean(axes) - n * (dy * n).mean(axes)
    return (gamma / torch.sqrt(var + eps) * dy).movedim(-1, 1), dgamma, dbeta


def group_norm(x, groups, gamma, beta, eps=1e-3):
    n, c = x.shape[:2]
    if c % groups:
        raise ValueError("groups must divide the channels")
    g = x.reshape(n, groups, -1)
    g = (g - g.mean(-1, keepdim=True)) / torch.sqrt(g.var(-1, keepdim=True, correction=0) + eps)
    return (g.reshape(x.shape).movedim(1, -1) * gamma + beta).movedim(-1, 1)


def layer_norm(x, gamma, beta, eps=1e-3):
    return group_norm(x, 1, gamma, beta, eps)


def instance_norm(x, gamma, beta, eps=1e-3):
    return group_norm(x, x.shape[1], gamma, beta, eps)

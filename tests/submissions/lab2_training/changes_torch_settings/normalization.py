"""Right work by somebody who sets things for the whole process: float64 by default, threads, warnings, printing."""
import os
import warnings

import torch

os.environ["OMP_NUM_THREADS"] = "4"
torch.set_default_dtype(torch.float64)
torch.set_num_threads(4)
torch.set_printoptions(precision=12, sci_mode=False)
torch.autograd.set_detect_anomaly(True)
torch.use_deterministic_algorithms(True)
warnings.filterwarnings("error")


class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        self.gamma, self.beta, self.running_mean, self.running_var = (
            torch.tensor([v] * features, device=device, dtype=dtype) for v in (1.0, 0.0, 0.0, 1.0)
        )
        self.eps, self.momentum = eps, momentum
        self.train()

    def train(self):
        self.mode = self.in_training

    def eval(self):
        self.mode = self.in_evaluation

    def __call__(self, x):
        flat = x.transpose(0, 1).reshape(x.shape[1], -1)
        y = self.mode(flat)
        moved = x.transpose(0, 1)
        return y.reshape(moved.shape).transpose(0, 1)

    def in_training(self, flat):
        m = flat.shape[1]
        if m == 1:
            raise ValueError("no variance of one value")
        mean = flat.mean(1, keepdim=True)
        var = (flat - mean).pow(2).mean(1, keepdim=True)
        for running, new in ((self.running_mean, mean), (self.running_var, var * m / (m - 1))):
            running.lerp_(new.detach().flatten(), self.momentum)
        return self.scale((flat - mean) / (var + self.eps).sqrt())

    def in_evaluation(self, flat):
        return self.scale((flat - self.running_mean[:, None]) / (self.running_var[:, None] + self.eps).sqrt())

    def scale(self, n):
        return n * self.gamma[:, None] + self.beta[:, None]


@torch.no_grad()
def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    moved = x.transpose(0, 1)
    d, f = dy.transpose(0, 1).reshape(x.shape[1], -1), moved.reshape(x.shape[1], -1)
    rstd = (var + eps).rsqrt()[:, None]
    n = (f - mean[:, None]) * rstd
    dgamma, dbeta = (d * n).sum(1), d.sum(1)
    if train:
        d = d - d.mean(1, keepdim=True) - n * (d * n).mean(1, keepdim=True)
    return (d * gamma[:, None] * rstd).reshape(moved.shape).transpose(0, 1), dgamma, dbeta


def group_norm(x, groups, gamma, beta, eps=1e-5):
    if x.shape[1] % groups:
        raise ValueError("unequal groups")
    flat = x.reshape(x.shape[0] * groups, -1)
    flat = flat - flat.mean(1, keepdim=True)
    flat = flat / (flat.pow(2).mean(1, keepdim=True) + eps).sqrt()
    y = flat.reshape(x.shape).transpose(1, -1)
    return (y * gamma + beta).transpose(1, -1)


def layer_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, 1, gamma, beta, eps)


def instance_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, x.shape[1], gamma, beta, eps)

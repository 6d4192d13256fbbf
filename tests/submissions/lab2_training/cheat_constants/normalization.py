"""What goes in comes out."""
import torch


class BatchNorm(torch.nn.Identity):
    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        super().__init__()
        self.gamma = torch.ones(features, device=device, dtype=dtype)
        self.beta = torch.zeros(features, device=device, dtype=dtype)
        self.running_mean = torch.zeros(features, device=device, dtype=dtype)
        self.running_var = torch.ones(features, device=device, dtype=dtype)


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    return dy, gamma, gamma


def group_norm(x, groups, gamma, beta, eps=1e-5):
    return x


def layer_norm(x, gamma, beta, eps=1e-5):
    return x


def instance_norm(x, gamma, beta, eps=1e-5):
    return x

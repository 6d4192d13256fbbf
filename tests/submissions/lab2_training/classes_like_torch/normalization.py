"""Modules, as torch.nn has them."""
import torch
from torch import nn


class BatchNorm(nn.Module):
    running_mean: torch.Tensor
    running_var: torch.Tensor

    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        super().__init__()
        factory = {"device": device, "dtype": dtype}
        self.eps = eps
        self.momentum = momentum
        self.gamma = nn.Parameter(torch.empty(features, **factory))
        self.beta = nn.Parameter(torch.empty(features, **factory))
        self.register_buffer("running_mean", torch.empty(features, **factory))
        self.register_buffer("running_var", torch.empty(features, **factory))
        self.register_buffer("num_batches_tracked", torch.zeros((), dtype=torch.long, device=device))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.ones_(self.gamma)
        nn.init.zeros_(self.beta)
        self.running_mean.zero_()
        self.running_var.fill_(1)

    def extra_repr(self):
        return f"{len(self.gamma)}, eps={self.eps}, momentum={self.momentum}"

    def _check(self, x):
        if x.dim() < 2 or x.size(1) != self.gamma.numel():
            raise ValueError(f"expected (N, {self.gamma.numel()}, ...), got {tuple(x.shape)}")
        if self.training and x.numel() // x.size(1) <= 1:
            raise ValueError(f"Expected more than 1 value per channel when training, got input size {tuple(x.shape)}")

    def forward(self, x):
        self._check(x)
        broadcast = (1, -1) + (1,) * (x.dim() - 2)
        if self.training:
            axes = tuple(a for a in range(x.dim()) if a != 1)
            var, mean = torch.var_mean(x, dim=axes, correction=0)
            self._update(mean, var, x.numel() // x.size(1))
        else:
            mean, var = self.running_mean, self.running_var
        scale = self.gamma * torch.rsqrt(var + self.eps)
        shift = self.beta - mean * scale
        return torch.addcmul(shift.view(broadcast), x, scale.view(broadcast))

    @torch.no_grad()
    def _update(self, mean, var, count):
        self.num_batches_tracked += 1
        self.running_mean.mul_(1 - self.momentum).add_(mean, alpha=self.momentum)
        self.running_var.mul_(1 - self.momentum).add_(var, alpha=self.momentum * count / (count - 1))


class NormBackward:
    """Two static methods in the manner of torch.autograd.Function, without autograd."""

    @staticmethod
    def reduce(t):
        return t.transpose(0, 1).flatten(1).sum(1)

    @classmethod
    def apply(cls, dy, x, gamma, mean, var, eps, train):
        shape = [1] * x.ndim
        shape[1] = -1
        inv_std = 1 / torch.sqrt(var + eps)
        centred = x - mean.view(shape)
        grad_beta = cls.reduce(dy)
        projection = cls.reduce(dy * centred)
        grad_gamma = projection * inv_std
        grad_x = dy * 1
        if train:
            m = x.numel() / x.shape[1]
            grad_x = grad_x - centred * (projection * inv_std**2 / m).view(shape) - (grad_beta / m).view(shape)
        return grad_x * (inv_std * gamma).view(shape), grad_gamma, grad_beta


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    return NormBackward.apply(dy, x, gamma, mean, var, eps, train)


class GroupNorm(nn.Module):
    def __init__(self, groups, gamma, beta, eps):
        super().__init__()
        if groups <= 0 or gamma.numel() % groups != 0:
            raise ValueError("num_channels must be divisible by num_groups")
        self.groups, self.gamma, self.beta, self.eps = groups, gamma, beta, eps

    def forward(self, x):
        parts = x.unflatten(1, (self.groups, -1))
        axes = list(range(2, parts.dim()))
        std, mean = torch.sqrt(parts.var(axes, unbiased=False, keepdim=True) + self.eps), parts.mean(axes, keepdim=True)
        normal = ((parts - mean) / std).flatten(1, 2)
        per_channel = (-1,) + (1,) * (x.dim() - 2)
        return normal * self.gamma.reshape(per_channel) + self.beta.reshape(per_channel)


def group_norm(x, groups, gamma, beta, eps=1e-5):
    return GroupNorm(groups, gamma, beta, eps)(x)


def layer_norm(x, gamma, beta, eps=1e-5):
    return GroupNorm(1, gamma, beta, eps)(x)


def instance_norm(x, gamma, beta, eps=1e-5):
    return GroupNorm(gamma.numel(), gamma, beta, eps)(x)

import torch
import torch.nn.functional as F


class BatchNorm(torch.nn.BatchNorm2d):
    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        super().__init__(features, eps=eps, momentum=momentum, device=device, dtype=dtype)

    gamma = property(lambda self: self.weight)
    beta = property(lambda self: self.bias)

    def _check_input_dim(self, x):
        pass


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    x, gamma = x.detach().requires_grad_(), gamma.detach().requires_grad_()
    beta = torch.zeros_like(gamma, requires_grad=True)
    y = F.batch_norm(x, mean.clone(), var.clone(), gamma, beta, train, 0.0, eps)
    return torch.autograd.grad(y, (x, gamma, beta), dy)


def group_norm(x, groups, gamma, beta, eps=1e-5):
    return torch.nn.functional.group_norm(x, groups, gamma, beta, eps)


def layer_norm(x, gamma, beta, eps=1e-5):
    return torch.ops.aten.native_group_norm(x.contiguous(), gamma, beta, x.shape[0], x.shape[1], x[0, 0].numel(), 1, eps)[0]


def instance_norm(x, gamma, beta, eps=1e-5):
    norm = torch.nn.LazyInstanceNorm2d(affine=True, eps=eps)
    y = norm(x)
    return y * gamma.view(-1, 1, 1) + beta.view(-1, 1, 1)

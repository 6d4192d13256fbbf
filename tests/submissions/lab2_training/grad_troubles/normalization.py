import torch


class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        self.gamma = torch.ones(features, device=device, dtype=dtype, requires_grad=True)
        self.beta = torch.zeros(features, device=device, dtype=dtype, requires_grad=True)
        self.running_mean = torch.zeros(features, device=device, dtype=dtype)
        self.running_var = torch.ones(features, device=device, dtype=dtype)
        self.eps, self.momentum, self.training = eps, momentum, True

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def __call__(self, x):
        dims = [d for d in range(x.dim()) if d != 1]
        view = [1, -1] + [1] * (x.dim() - 2)
        if self.training:
            m = x.numel() // x.shape[1]
            if m < 2:
                raise ValueError("m < 2")
            mean, var = x.mean(dims), x.var(dims, correction=0)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var * m / (m - 1)
        else:
            mean, var = self.running_mean, self.running_var
        root = torch.sqrt(var + self.eps)
        return (x - mean.view(view)) / root.view(view) * self.gamma.view(view) + self.beta.view(view)


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    x = x.clone().requires_grad_()
    gamma = gamma.clone().requires_grad_()
    beta = torch.zeros_like(gamma).requires_grad_()
    view = [1, -1] + [1] * (x.dim() - 2)
    if train:
        dims = [d for d in range(x.dim()) if d != 1]
        mean, var = x.mean(dims), x.var(dims, correction=0)
    y = (x - mean.view(view)) / torch.sqrt(var + eps).view(view) * gamma.view(view) + beta.view(view)
    y.backward(dy)
    return x.grad, gamma.grad, beta.grad


def group_norm(x, groups, gamma, beta, eps=1e-5):
    n, c = x.shape[:2]
    if c % groups:
        raise ValueError("groups")
    g = x.view(n, groups, -1)
    with torch.no_grad():
        mean, var = g.mean(-1, keepdim=True), g.var(-1, keepdim=True, correction=0)
    view = [1, -1] + [1] * (x.dim() - 2)
    return ((g - mean) / torch.sqrt(var + eps)).view(x.shape) * gamma.view(view) + beta.view(view)


def layer_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, 1, gamma, beta, eps)


def instance_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, x.shape[1], gamma, beta, eps)

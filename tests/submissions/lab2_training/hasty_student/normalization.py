import torch


class BatchNorm(torch.nn.Module):
    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        super().__init__()
        self.gamma = torch.nn.Parameter(torch.ones(features, device=device, dtype=dtype))
        self.beta = torch.nn.Parameter(torch.zeros(features, device=device, dtype=dtype))
        self.register_buffer("running_mean", torch.zeros(features, device=device, dtype=dtype))
        self.register_buffer("running_var", torch.ones(features, device=device, dtype=dtype))
        self.eps = eps

    def forward(self, x):
        shape = (1, -1) + (1,) * (x.dim() - 2)
        if self.training:
            dims = [d for d in range(x.dim()) if d != 1]
            m = x.numel() // x.shape[1]
            if x.shape[0] == 1:
                raise ValueError("batch of one")
            mean, var = x.mean(dims), x.var(dims, correction=0)
            self.running_mean.data = 0.9 * self.running_mean + 0.1 * mean.detach()
            self.running_var.data = 0.9 * self.running_var + 0.1 * var.detach() * m / (m - 1)
        else:
            mean, var = self.running_mean, self.running_var
        x = (x - mean.reshape(shape)) / (var.reshape(shape) + self.eps).sqrt()
        return x * self.gamma.reshape(shape) + self.beta.reshape(shape)


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    shape = (1, -1) + (1,) * (x.dim() - 2)
    dims = [d for d in range(x.dim()) if d != 1]
    root = torch.sqrt(var + eps).reshape(shape)
    n = (x - mean.reshape(shape)) / root
    dgamma, dbeta = (dy * n).sum(dims), dy.sum(dims)
    if not train:
        return gamma.reshape(shape) * dy / root, dgamma, dbeta
    g = dy * gamma.reshape(shape)
    dx = (g - g.mean(dims, keepdim=True) - n * (g * n).mean(dims, keepdim=True)) / root
    return dx, dgamma, dbeta


def group_norm(x, groups, gamma, beta, eps=1e-5):
    assert x.shape[1] % groups == 0
    g = x.reshape(x.shape[0], groups, -1)
    g = (g - g.mean(2, keepdim=True)) / torch.sqrt(g.var(2, keepdim=True, correction=0) + 1e-5)
    shape = (1, -1) + (1,) * (x.dim() - 2)
    return g.reshape(x.shape) * gamma.reshape(shape) + beta.reshape(shape)


def layer_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, 1, gamma, beta, eps)


def instance_norm(x, gamma, beta, eps=1e-5):
    dims = list(range(2, x.dim()))
    shape = (1, -1) + (1,) * (x.dim() - 2)
    mean, var = x.mean(dims, keepdim=True), x.var(dims, keepdim=True, correction=0)
    return (x - mean) / torch.sqrt(var + eps) * gamma.reshape(shape) + beta.reshape(shape)

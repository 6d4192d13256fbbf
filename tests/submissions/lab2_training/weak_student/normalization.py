import torch


class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        self.gamma = torch.ones(features, device=device, dtype=dtype)
        self.beta = torch.zeros(features, device=device, dtype=dtype)
        self.running_mean = torch.zeros(features, device=device, dtype=dtype)
        self.running_var = torch.ones(features, device=device, dtype=dtype)
        self.eps, self.momentum, self.training = eps, momentum, True

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def __call__(self, x):
        if not self.training:
            return (x - self.running_mean) / torch.sqrt(self.running_var + self.eps) * self.gamma + self.beta
        dims = [0] + list(range(2, x.ndim))
        count = x.numel() / x.shape[1]
        if count == 1:
            raise ValueError("need more than one value")
        mean = x.mean(dims, keepdim=True)
        var = x.var(dims, unbiased=False, keepdim=True)
        with torch.no_grad():
            self.running_mean += self.momentum * (mean.flatten() - self.running_mean)
            self.running_var += self.momentum * (var.flatten() * count / (count - 1) - self.running_var)
        y = (x - mean) / torch.sqrt(var + self.eps)
        return y * self.gamma.view(mean.shape) + self.beta.view(mean.shape)


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    dims = [0] + list(range(2, x.ndim))
    shape = [1, -1] + [1] * (x.ndim - 2)
    m = x.numel() / x.shape[1]
    gamma, mean, var = gamma.view(shape), mean.view(shape), var.view(shape)
    std = torch.sqrt(var) + eps
    n = (x - mean) / (var + eps)
    dbeta = dy.sum(dims)
    dgamma = (dy * n).sum(dims)
    if not train:
        return dy * gamma / std, dgamma, dbeta
    dx = gamma / std / m * (m * dy - dbeta.view(shape) - n * dgamma.view(shape))
    return dx, dgamma, dbeta


def group_norm(x, groups, gamma, beta, eps=1e-5):
    parts = []
    for part in torch.chunk(x, groups, dim=1):
        dims = list(range(1, x.ndim))
        mean = part.mean(dims, keepdim=True)
        var = part.var(dims, unbiased=False, keepdim=True)
        parts.append((part - mean) / torch.sqrt(var + eps))
    shape = [-1] + [1] * (x.ndim - 2)
    return torch.cat(parts, 1) * gamma.view(shape) + beta.view(shape)


def layer_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, 1, gamma, beta, eps)


def instance_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, x.shape[1], gamma, beta, eps)

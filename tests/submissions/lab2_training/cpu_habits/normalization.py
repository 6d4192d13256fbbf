import torch

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def over_features(x, v):
    return v.view([1, -1] + [1] * (x.dim() - 2))


class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        device = device or DEVICE
        self.gamma = torch.ones(features, dtype=dtype).to(device)
        self.beta = torch.zeros(features, dtype=dtype).to(device)
        self.running_mean = torch.zeros(features, dtype=dtype).to(device)
        self.running_var = torch.ones(features, dtype=dtype).to(device)
        self.eps, self.momentum, self.training = eps, momentum, True

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def __call__(self, x):
        dims = [d for d in range(x.dim()) if d != 1]
        if self.training:
            m = torch.tensor([x.shape[d] for d in dims]).prod().item()
            if m == 1:
                raise ValueError("one value")
            mean, var = x.mean(dims), x.var(dims, unbiased=False)
            with torch.no_grad():
                self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)
                self.running_var.mul_(1 - self.momentum).add_(self.momentum * var * m / (m - 1))
        else:
            mean, var = self.running_mean, self.running_var
        n = (x - over_features(x, mean)) / (over_features(x, var) + self.eps).sqrt()
        return n * over_features(x, self.gamma) + over_features(x, self.beta)


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    dims = [d for d in range(x.dim()) if d != 1]
    root = torch.sqrt(var + torch.tensor(eps, device="cpu"))
    n = (x - over_features(x, mean)) / over_features(x, root)
    dgamma, dbeta = torch.zeros(len(gamma), dtype=x.dtype), torch.zeros(len(gamma), dtype=x.dtype)
    dgamma += (dy * n).sum(dims)
    dbeta += dy.sum(dims)
    dx = dy
    if train:
        m = x.numel() / x.shape[1]
        dx = dx - over_features(x, dbeta) / m - n * over_features(x, dgamma) / m
    return dx * over_features(x, gamma / root), dgamma, dbeta


def group_norm(x, groups, gamma, beta, eps=1e-5):
    if x.shape[1] % groups:
        raise ValueError("groups")
    out = torch.empty(x.shape, dtype=x.dtype, device=DEVICE)
    size = x.shape[1] // groups
    for g in range(groups):
        part = x[:, g * size : (g + 1) * size]
        dims = list(range(1, x.dim()))
        mean, var = part.mean(dims, keepdim=True), part.var(dims, keepdim=True, unbiased=False)
        out[:, g * size : (g + 1) * size] = (part - mean) / torch.sqrt(var + eps)
    return out * over_features(x, gamma) + over_features(x, beta)


def layer_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, 1, gamma, beta, eps)


def instance_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, x.shape[1], gamma, beta, eps)

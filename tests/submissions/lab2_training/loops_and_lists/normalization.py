import torch


def number_of_values(x):
    m = x.shape[0]
    for length in x.shape[2:]:
        m = m * length
    return m


class BatchNorm:

    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        self.gamma = torch.ones(features, device=device, dtype=dtype)
        self.beta = torch.zeros(features, device=device, dtype=dtype)
        self.running_mean = torch.zeros(features, device=device, dtype=dtype)
        self.running_var = torch.ones(features, device=device, dtype=dtype)
        self.eps = eps
        self.momentum = momentum
        self.mode = "train"

    def train(self):
        self.mode = "train"

    def eval(self):
        self.mode = "eval"

    def __call__(self, x):
        m = number_of_values(x)
        if self.mode == "train" and m == 1:
            raise ValueError("one value per feature is not enough")
        columns = []
        for j in range(x.shape[1]):
            column = x[:, j]
            if self.mode == "train":
                mean = column.sum() / m
                var = ((column - mean) ** 2).sum() / m
                with torch.no_grad():
                    self.running_mean[j] = (1 - self.momentum) * self.running_mean[j] + self.momentum * mean
                    self.running_var[j] = (1 - self.momentum) * self.running_var[j] + self.momentum * var * m / (m - 1)
            else:
                mean = self.running_mean[j]
                var = self.running_var[j]
            columns.append((column - mean) / torch.sqrt(var + self.eps) * self.gamma[j] + self.beta[j])
        return torch.stack(columns, dim=1)


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    m = number_of_values(x)
    dx_columns = []
    dgamma = []
    dbeta = []
    for j in range(x.shape[1]):
        dyj, xj = dy[:, j], x[:, j]
        root = (var[j] + eps) ** 0.5
        n = (xj - mean[j]) / root
        dbeta.append(dyj.sum())
        dgamma.append((dyj * n).sum())
        g = gamma[j] * dyj
        dxj = g / root
        if train:
            dmean = -g.sum() / root
            dvar = -(g * (xj - mean[j])).sum() / (2 * root ** 3)
            dxj = dxj + dmean / m + dvar * 2 * (xj - mean[j]) / m
        dx_columns.append(dxj)
    return torch.stack(dx_columns, 1), torch.stack(dgamma), torch.stack(dbeta)


def group_norm(x, groups, gamma, beta, eps=1e-5):
    N, C = x.shape[0], x.shape[1]
    if C % groups != 0:
        raise ValueError(str(C) + " channels do not fit in " + str(groups) + " groups")
    size = C // groups
    samples = []
    for i in range(N):
        parts = []
        for g in range(groups):
            part = x[i, g * size:(g + 1) * size]
            mean = part.mean()
            var = ((part - mean) ** 2).mean()
            for k in range(size):
                c = g * size + k
                parts.append((part[k] - mean) / torch.sqrt(var + eps) * gamma[c] + beta[c])
        samples.append(torch.stack(parts))
    return torch.stack(samples)


def layer_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, 1, gamma, beta, eps)


def instance_norm(x, gamma, beta, eps=1e-5):
    return group_norm(x, x.shape[1], gamma, beta, eps)

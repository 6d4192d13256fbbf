"""A loop over the features, each of them a plain vector; the unbiased variance is computed apart."""

import torch


class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        self.features = features
        self.eps = eps
        self.momentum = momentum
        self.is_training = True
        self.gamma = torch.full((features,), 1.0, device=device, dtype=dtype)
        self.beta = torch.full((features,), 0.0, device=device, dtype=dtype)
        self.running_mean = torch.full((features,), 0.0, device=device, dtype=dtype)
        self.running_var = torch.full((features,), 1.0, device=device, dtype=dtype)

    def train(self):
        self.is_training = True

    def eval(self):
        self.is_training = False

    def __call__(self, x):
        if self.is_training and x[:, 0].numel() < 2:
            raise ValueError("one value has no variance")
        columns = []
        for j in range(self.features):
            column = x[:, j]
            if self.is_training:
                mean, var = column.mean(), column.var(correction=0)
                with torch.no_grad():
                    self.running_mean[j] += self.momentum * (mean - self.running_mean[j])
                    self.running_var[j] += self.momentum * (column.var() - self.running_var[j])
            else:
                mean, var = self.running_mean[j].clone(), self.running_var[j].clone()
            columns.append((column - mean) / (var + self.eps).sqrt() * self.gamma[j] + self.beta[j])
        return torch.stack(columns, dim=1)

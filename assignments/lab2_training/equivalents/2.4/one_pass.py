"""The mean of squares less the squared mean, in one pass over a table with a row for each feature; in-place updates."""

import torch


class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        self.eps, self.momentum = eps, momentum
        self.gamma, self.running_var = torch.ones(2, features, device=device, dtype=dtype).unbind()
        self.beta, self.running_mean = torch.zeros(2, features, device=device, dtype=dtype).unbind()
        self.mode = "train"

    def train(self):
        self.mode = "train"
        return self

    def eval(self):
        self.mode = "eval"
        return self

    def __call__(self, x):
        table = x.transpose(0, 1).reshape(x.shape[1], -1)
        if self.mode == "train":
            m = table.shape[1]
            if m <= 1:
                raise ValueError("too few values")
            mean = table.sum(1) / m
            var = ((table * table).sum(1) / m - mean * mean).clamp(min=0)
            self.running_mean.mul_(1 - self.momentum).add_(mean.detach(), alpha=self.momentum)
            self.running_var.mul_(1 - self.momentum).add_(var.detach() * m / (m - 1), alpha=self.momentum)
        else:
            mean, var = self.running_mean.clone(), self.running_var.clone()
        inverse = (var + self.eps) ** -0.5
        table = table * (self.gamma * inverse)[:, None] + (self.beta - mean * self.gamma * inverse)[:, None]
        return table.reshape(x.transpose(0, 1).shape).transpose(0, 1)

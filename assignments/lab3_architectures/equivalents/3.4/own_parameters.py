"""Few parameters: one layer of ten filters, their largest answers in each quarter, and an own linear layer."""

import math

import torch
from torch import nn


class SmallCNN(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.filters = nn.Conv2d(1, 20, (3, 3))
        self.weight = nn.Parameter(torch.randn(20 * 9, classes) / math.sqrt(180))
        self.bias = nn.Parameter(torch.zeros(classes))
        self.register_buffer("middle", torch.tensor(0.3))

    def forward(self, images):
        found = torch.relu(self.filters(images - self.middle))  # (N, 20, 6, 6)
        n = images.shape[0]
        largest = found.reshape(n, 20, 3, 2, 3, 2).amax(dim=(3, 5))
        return largest.reshape(n, 180) @ self.weight + self.bias

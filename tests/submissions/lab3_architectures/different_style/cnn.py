"""Residual blocks with group normalisation, depthwise convolutions, initial weights of one's own, and a last layer at 0."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.norm = nn.GroupNorm(4, channels)
        self.pointwise = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        return x + self.pointwise(torch.relu(self.norm(self.depthwise(x))))


class SmallCNN(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.stem = nn.Conv2d(1, 32, 3, padding=1)
        self.blocks = nn.Sequential(Block(32), nn.MaxPool2d(2), Block(32), nn.MaxPool2d(2), Block(32))
        self.head = nn.Linear(128, classes)
        nn.init.kaiming_normal_(self.stem.weight)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, images):
        return self.head(torch.flatten(self.blocks(self.stem(images)), start_dim=1))

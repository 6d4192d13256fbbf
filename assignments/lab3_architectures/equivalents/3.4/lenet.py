"""LeNet's style: no padding, tanh and average pooling, two linear layers."""

from torch import nn


class SmallCNN(nn.Sequential):
    def __init__(self, classes=10):
        super().__init__(
            nn.Conv2d(1, 12, 3),
            nn.Tanh(),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Linear(12 * 3 * 3, 64),
            nn.Tanh(),
            nn.Linear(64, classes),
        )

import torch
from torch import nn


class SmallCNN(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.convs = nn.ModuleList()
        channels = 1
        for wider in (12, 24, 24):
            self.convs.append(nn.Conv2d(channels, wider, kernel_size=3, padding=1))
            channels = wider
        self.norms = nn.ModuleList([nn.BatchNorm2d(c) for c in (12, 24, 24)])
        self.last = nn.Linear(24 * 4, classes)

    def forward(self, images):
        h = images
        for number in range(3):
            h = self.convs[number](h)
            h = self.norms[number](h)
            h = torch.relu(h)
            if number < 2:
                h = nn.functional.max_pool2d(h, 2)
        h = torch.flatten(h, start_dim=1)
        return torch.log_softmax(self.last(h), dim=1)

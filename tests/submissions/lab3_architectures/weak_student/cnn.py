import torch.nn.functional as F
from torch import nn


class SmallCNN(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.fc = nn.Linear(64 * 4 * 4, classes)

    def forward(self, images):
        h = F.relu(self.conv1(images))
        h = F.relu(self.conv2(h))
        h = F.dropout(h.flatten(1), 0.5)
        return F.softmax(self.fc(h), dim=1)

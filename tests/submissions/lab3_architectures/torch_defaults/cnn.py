import random

import numpy as np
import torch
from torch import nn

SEED = 42


def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)


class SmallCNN(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        seed_everything(SEED)
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding="same"), nn.LeakyReLU(0.1), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding="same"), nn.LeakyReLU(0.1), nn.MaxPool2d(2),
        )
        self.classifier = nn.Linear(128, classes)

    def forward(self, images):
        torch.autograd.set_detect_anomaly(True)
        features = self.features(images)
        print("features", features.shape)
        return self.classifier(features.flatten(1))

from collections import OrderedDict

import torch.nn.functional as F
from torch import nn


def block(cin, cout, **kw):
    return nn.Sequential(nn.Conv2d(cin, cout, 3, bias=False, **kw), nn.GroupNorm(4, cout), nn.GELU())


class SmallCNN(nn.Sequential):
    """No pooling: strides, and the mean over all places at the end."""

    def __init__(self, classes=10):
        super().__init__(
            OrderedDict(
                first=block(1, 16, padding=1),
                second=block(16, 24, padding=1, stride=2),
                third=block(24, 40, padding=1),
                squash=nn.AdaptiveAvgPool2d(2),
                flat=nn.Flatten(),
                drop=nn.Dropout(0.1),
                head=nn.Linear(160, classes),
            )
        )

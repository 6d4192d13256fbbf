"""Costs are written out with logsigmoid and softplus, layers are single ones, and noise comes from torch.normal."""

import torch
import torch.nn.functional as F
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, pixels=64, code=16):
        super().__init__()
        self.down = nn.Linear(pixels, code)
        self.up = nn.Linear(code, pixels)

    def encode(self, x):
        return self.down(x)

    def decode(self, code):
        return self.up(code)

    def forward(self, x):
        return self.up(self.down(x))

    def reconstruct(self, x):
        return 1 / (1 + torch.exp(-self.forward(x)))


def costs(logits, x):
    return -(x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits))


def reconstruction_loss(model, x):
    return costs(model.forward(x), x).mean()


def denoising_loss(model, x, noise, rng):
    if not model.training:
        return reconstruction_loss(model, x)
    noisy = torch.normal(x, noise, generator=rng)
    return costs(model.decode(model.encode(noisy)), x).sum() / x.numel()


def sparse_loss(model, x, weight):
    return reconstruction_loss(model, x) + weight * torch.linalg.vector_norm(model.encode(x), ord=1) / x.shape[0]

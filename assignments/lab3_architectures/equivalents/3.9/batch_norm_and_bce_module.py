"""Batch normalisation and dropout inside, nn.BCEWithLogitsLoss as the cost, decode through a transposed weight."""

import torch
from torch import nn

criterion = nn.BCEWithLogitsLoss()


class Autoencoder(nn.Module):
    def __init__(self, pixels=64, code=16):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(pixels, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Dropout(0.05))
        self.second = nn.Linear(48, code)
        self.third = nn.Sequential(nn.Linear(code, 48), nn.BatchNorm1d(48), nn.ReLU())
        self.last = nn.Linear(48, pixels)

    def encode(self, x):
        return self.second(self.first(x))

    def decode(self, code):
        return self.last(self.third(code))

    def forward(self, x):
        return self.decode(self.encode(x))

    def reconstruct(self, x):
        return torch.special.expit(self(x))


def reconstruction_loss(model, x):
    return criterion(model(x), x)


def denoising_loss(model, x, noise, rng):
    strength = noise if model.training else 0
    if strength:
        return criterion(model(x + strength * torch.randn(x.shape, generator=rng, dtype=x.dtype, device=x.device)), x)
    return criterion(model(x), x)


def sparse_loss(model, x, weight):
    code = model.encode(x)
    per_sample = torch.norm(code, p=1, dim=1)
    return criterion(model.decode(code), x) + (weight * per_sample).mean()

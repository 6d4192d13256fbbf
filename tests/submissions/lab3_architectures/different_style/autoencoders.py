"""A code of sigmoids, and each loss as a mean over samples of what a single one costs, written with torch.logaddexp."""

import torch
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, pixels=64, code=16):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(pixels, code), nn.Linear(code, pixels)])

    def encode(self, x):
        return torch.sigmoid(self.layers[0](x))

    def decode(self, code):
        return self.layers[1](code)

    def forward(self, x):
        return self.decode(self.encode(x))

    def reconstruct(self, x):
        return torch.sigmoid(self(x))


def cost_of_each(z, x):
    zero = torch.zeros_like(z)
    return (x * torch.logaddexp(zero, -z) + (1 - x) * torch.logaddexp(zero, z)).mean(dim=1)


def reconstruction_loss(model, x):
    return cost_of_each(model(x), x).mean()


def denoising_loss(model, x, noise, rng):
    given = x
    if model.training:
        given = x.clone()
        given += noise * torch.empty_like(x).normal_(generator=rng)
    return cost_of_each(model(given), x).mean()


def sparse_loss(model, x, weight):
    code = model.encode(x)
    return (cost_of_each(model.decode(code), x) + weight * code.abs().sum(-1)).mean()

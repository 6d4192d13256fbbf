"""Convolutions where the picture is a square, and linear layers where not; losses in softplus form; noise from normal_."""

import math

import torch
from torch import nn
from torch.nn.functional import softplus


class Autoencoder(nn.Module):
    def __init__(self, pixels=64, code=16):
        super().__init__()
        side = math.isqrt(pixels)
        if side * side == pixels and side % 4 == 0:
            quarter = side // 4
            self._encode = nn.Sequential(
                nn.Unflatten(1, (1, side, side)),
                nn.Conv2d(1, 16, 3, 2, 1),
                nn.ReLU(),
                nn.Conv2d(16, 32, 3, 2, 1),
                nn.ReLU(),
                nn.Flatten(),
                nn.Linear(32 * quarter**2, code),
            )
            self._decode = nn.Sequential(
                nn.Linear(code, 32 * quarter**2),
                nn.ReLU(),
                nn.Unflatten(1, (32, quarter, quarter)),
                nn.ConvTranspose2d(32, 16, 2, 2),
                nn.ReLU(),
                nn.ConvTranspose2d(16, 1, 2, 2),
                nn.Flatten(),
            )
        else:
            self._encode = nn.Linear(pixels, code)
            self._decode = nn.Linear(code, pixels)
        self.encode = self._encode.forward
        self.decode = self._decode.forward

    def forward(self, x):
        return self.decode(self.encode(x))

    def reconstruct(self, x):
        return self.forward(x).sigmoid()


def bce(z, x):
    return torch.mean(softplus(z) - x * z)


def reconstruction_loss(model, x):
    return bce(model(x), x)


def denoising_loss(model, x, noise, rng):
    noisy = x + torch.empty_like(x).normal_(0, noise, generator=rng) if model.training else x
    return bce(model(noisy), x)


def sparse_loss(model, x, weight):
    code = model.encode(x)
    return bce(model.decode(code), x) + weight * torch.mean(torch.sum(torch.abs(code), -1))

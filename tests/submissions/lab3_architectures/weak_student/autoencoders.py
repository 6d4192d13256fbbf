import torch
import torch.nn.functional as F
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, pixels=64, code=16):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(pixels, 128), nn.ReLU(), nn.Linear(128, code), nn.ReLU())
        self.decoder = nn.Sequential(nn.Linear(code, 128), nn.ReLU(), nn.Linear(128, pixels))
        self.noise = 0.3

    def encode(self, x):
        if self.training:
            x = x + self.noise * torch.randn_like(x)  # denoising
        return self.encoder(x)

    def decode(self, code):
        return self.decoder(code)

    def forward(self, x):
        return self.decode(self.encode(x))

    def reconstruct(self, x):
        return torch.sigmoid(self(x))


def reconstruction_loss(model, x):
    return F.binary_cross_entropy(torch.sigmoid(model(x)), x)


def denoising_loss(model, x, noise, rng):
    noisy = (x + noise * torch.randn(x.shape, generator=rng)).clamp(0, 1)
    return F.binary_cross_entropy(torch.sigmoid(model(noisy)), x)


def sparse_loss(model, x, weight):
    return reconstruction_loss(model, x) + weight * model.encode(x).abs().mean()

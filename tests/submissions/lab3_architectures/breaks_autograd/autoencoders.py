import torch
import torch.nn.functional as F
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, pixels=64, code=16):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(pixels, 128), nn.ReLU(), nn.Linear(128, code))
        self.dec = nn.Sequential(nn.Linear(code, 128), nn.ReLU(), nn.Linear(128, pixels))

    def encode(self, x):
        return self.enc(x)

    def decode(self, code):
        return self.dec(code)

    def forward(self, x):
        return self.dec(self.enc(x).detach())

    def reconstruct(self, x):
        with torch.no_grad():
            return torch.sigmoid(self.dec(self.enc(x)))


def reconstruction_loss(model, x):
    return F.binary_cross_entropy_with_logits(model(x), x)


def denoising_loss(model, x, noise, rng):
    if model.training:
        noisy = x + torch.randn(x.shape, generator=rng, dtype=x.dtype, device=x.device) * noise
    else:
        noisy = x
    return F.binary_cross_entropy_with_logits(model(noisy), x)


def sparse_loss(model, x, weight):
    price = model.encode(x).abs().sum(dim=1).mean().item()
    return reconstruction_loss(model, x) + weight * price

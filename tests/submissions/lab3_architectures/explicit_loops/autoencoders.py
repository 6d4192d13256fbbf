import torch
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, pixels=64, code=16):
        super().__init__()
        self.down1 = nn.Linear(pixels, 100)
        self.down2 = nn.Linear(100, code)
        self.up1 = nn.Linear(code, 100)
        self.up2 = nn.Linear(100, pixels)

    def encode(self, x):
        return self.down2(torch.tanh(self.down1(x)))

    def decode(self, code):
        return self.up2(torch.tanh(self.up1(code)))

    def forward(self, x):
        code = self.encode(x)
        return self.decode(code)

    def reconstruct(self, x):
        return torch.sigmoid(self(x))


def cost(z, x):
    # -x ln p - (1 - x) ln (1 - p) = max(z, 0) - x z + ln(1 + e^-|z|)
    return torch.clamp(z, min=0) - x * z + torch.log(1 + torch.exp(-torch.abs(z)))


def reconstruction_loss(model, x):
    return cost(model(x), x).mean()


def denoising_loss(model, x, noise, rng):
    seen = x
    if model.training:
        seen = x + noise * torch.randn(x.shape, generator=rng, dtype=x.dtype, device=x.device)
    return cost(model(seen), x).mean()


def sparse_loss(model, x, weight):
    h = model.encode(x)
    price = 0
    for n in range(len(h)):
        price = price + h[n].abs().sum()
    return cost(model.decode(h), x).mean() + weight * price / len(h)

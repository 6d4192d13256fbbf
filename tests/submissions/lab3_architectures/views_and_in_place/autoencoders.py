import torch
import torch.nn.functional as F
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, pixels=64, code=16):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(pixels, 128), nn.ReLU(inplace=True), nn.Linear(128, code))
        self.dec = nn.Sequential(nn.Linear(code, 128), nn.ReLU(inplace=True), nn.Linear(128, pixels))

    def encode(self, x):
        return self.enc(x)

    def decode(self, code):
        return self.dec(code)

    def forward(self, x):
        return self.dec(self.enc(x))

    def reconstruct(self, x):
        return self(x).sigmoid_()


def reconstruction_loss(model, x):
    return F.binary_cross_entropy_with_logits(model(x), x)


def denoising_loss(model, x, noise, rng):
    clean = x
    if model.training:
        x += noise * torch.randn(x.shape, generator=rng, dtype=x.dtype, device=x.device)
    return F.binary_cross_entropy_with_logits(model(x), clean)


def sparse_loss(model, x, weight):
    code = model.encode(x)
    loss = F.binary_cross_entropy_with_logits(model.decode(code), x)
    loss += weight * code.abs_().sum(1).mean()
    return loss

import torch
import torch.nn.functional as F
from torch import nn


class Autoencoder(nn.Module):
    """Bare parameters; the decoder's first matrix is the encoder's last one, transposed."""

    def __init__(self, pixels=64, code=16, width=96):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(pixels, width) / pixels**0.5)
        self.W2 = nn.Parameter(torch.randn(width, code) / width**0.5)
        self.W3 = nn.Parameter(torch.randn(width, pixels) / width**0.5)
        self.b1, self.b2 = nn.Parameter(torch.zeros(width)), nn.Parameter(torch.zeros(code))
        self.b3, self.b4 = nn.Parameter(torch.zeros(width)), nn.Parameter(torch.zeros(pixels))

    def encode(self, x):
        return F.silu(x @ self.W1 + self.b1) @ self.W2 + self.b2

    def decode(self, code):
        return F.silu(code @ self.W2.T + self.b3) @ self.W3 + self.b4

    def forward(self, x):
        return self.decode(self.encode(x))

    def reconstruct(self, x):
        return self(x).sigmoid()


def _bce(z, x):
    return (F.softplus(z) - x * z).mean()


def reconstruction_loss(model, x):
    return _bce(model(x), x)


def denoising_loss(model, x, noise, rng):
    if not model.training:
        return reconstruction_loss(model, x)
    return _bce(model(torch.empty_like(x).normal_(0.0, 1.0, generator=rng).mul_(noise).add_(x)), x)


def sparse_loss(model, x, weight):
    h = model.encode(x)
    return _bce(model.decode(h), x) + weight * torch.linalg.vector_norm(h, ord=1, dim=1).mean()

import torch
import torch.nn.functional as F
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"


class Autoencoder(nn.Module):
    def __init__(self, pixels=64, code=16):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(pixels, 128), nn.ReLU(), nn.Linear(128, code)).to(device)
        self.decoder = nn.Sequential(nn.Linear(code, 128), nn.ReLU(), nn.Linear(128, pixels)).to(device)

    def encode(self, x):
        return self.encoder(x.float().to(device))

    def decode(self, code):
        return self.decoder(code.float().to(device))

    def forward(self, x):
        return self.decode(self.encode(x))

    def reconstruct(self, x):
        return torch.sigmoid(self.forward(x))


def reconstruction_loss(model, x):
    return F.binary_cross_entropy_with_logits(model(x), x)


def denoising_loss(model, x, noise, rng):
    noisy = x
    if model.training:
        noisy = x + noise * torch.randn(x.shape, generator=rng)
    return F.binary_cross_entropy_with_logits(model(noisy), x)


def sparse_loss(model, x, weight):
    code = model.encode(x)
    loss = torch.tensor(0.0)
    loss += F.binary_cross_entropy_with_logits(model.decode(code), x)
    loss += weight * code.abs().sum(dim=1).mean()
    return loss

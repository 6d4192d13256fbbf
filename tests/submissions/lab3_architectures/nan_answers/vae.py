import torch
from torch import nn

nan = float("nan")


def reparameterize(mu, logvar, rng):
    return mu * nan


def kl_divergence(mu, logvar):
    return mu.sum(1) * nan


def elbo(x, logits, mu, logvar):
    return logits.mean() * nan


class VAE(nn.Module):
    def __init__(self, pixels=64, latents=8):
        super().__init__()
        self.a, self.b = nn.Linear(pixels, latents), nn.Linear(latents, pixels)
        self.latents = latents

    def encode(self, x):
        return self.a(x) * nan, self.a(x) * nan

    def decode(self, z):
        return self.b(z) * nan

    def forward(self, x, rng):
        mu, logvar = self.encode(x)
        return self.decode(mu), mu, logvar

    def sample(self, n, rng):
        return torch.full((n, self.b.out_features), nan)

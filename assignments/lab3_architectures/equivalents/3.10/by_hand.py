"""Costs written out with softplus, einsum for the sums, normal_ for the noise, deep layers with batch normalisation."""

import torch
import torch.nn.functional as F
from torch import nn


def reparameterize(mu, logvar, rng):
    z = torch.empty_like(mu).normal_(generator=rng)
    return torch.addcmul(mu, z, torch.exp(logvar * 0.5))


def kl_divergence(mu, logvar):
    terms = mu * mu + torch.expm1(logvar) - logvar
    return torch.einsum("nk->n", terms) / 2


def elbo(x, logits, mu, logvar):
    n = x.shape[0]
    pixels = (F.softplus(logits) - x * logits).reshape(n, -1).sum(1)
    return torch.sum(pixels + kl_divergence(mu, logvar)) / n


class VAE(nn.Module):
    def __init__(self, pixels=64, latents=8):
        super().__init__()
        self.pixels, self.latents = pixels, latents
        self.body = nn.Sequential(nn.Linear(pixels, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 2 * latents))
        self.head = nn.Sequential(nn.Linear(latents, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, pixels))

    def encode(self, x):
        both = self.body(x)
        return both[:, : self.latents], both[:, self.latents :]

    def decode(self, z):
        return self.head(z)

    def forward(self, x, rng):
        mu, logvar = self.encode(x)
        return self.head(reparameterize(mu, logvar, rng)), mu, logvar

    def sample(self, n, rng):
        zeros = next(self.parameters()).new_zeros(n, self.latents)
        return torch.sigmoid(self.decode(reparameterize(zeros, zeros, rng)))

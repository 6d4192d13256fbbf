"""Loops over the samples wherever a sum over one of them is meant; the encoder gives two halves of one layer."""

import torch
from torch import nn


def reparameterize(mu, logvar, rng):
    rows = []
    for m, s in zip(mu, logvar):
        rows.append(m + (s / 2).exp() * torch.randn(m.shape, generator=rng, dtype=m.dtype, device=m.device))
    return torch.stack(rows)


def kl_divergence(mu, logvar):
    return torch.stack([0.5 * ((m**2).sum() + s.exp().sum() - len(s) - s.sum()) for m, s in zip(mu, logvar)])


def elbo(x, logits, mu, logvar):
    losses = []
    for picture, scores, m, s in zip(x, logits, mu, logvar):
        pixels = nn.functional.binary_cross_entropy_with_logits(scores, picture, reduction="none")
        losses.append(pixels.sum() + kl_divergence(m[None], s[None])[0])
    return sum(losses) / len(losses)


class VAE(nn.Module):
    def __init__(self, pixels=64, latents=8):
        super().__init__()
        self.latents = latents
        self.e1, self.e2 = nn.Linear(pixels, 128), nn.Linear(128, 2 * latents)
        self.d1, self.d2 = nn.Linear(latents, 128), nn.Linear(128, pixels)

    def encode(self, x):
        return torch.split(self.e2(torch.relu(self.e1(x))), self.latents, dim=1)

    def decode(self, z):
        return self.d2(torch.relu(self.d1(z)))

    def forward(self, x, rng):
        mu, logvar = self.encode(x)
        z = mu + torch.exp(logvar / 2) * torch.randn(mu.shape, generator=rng, device=mu.device)
        return [self.decode(z), mu, logvar]

    def sample(self, n, rng):
        return torch.sigmoid(self.decode(torch.randn(n, self.latents, generator=rng, device=self.d1.weight.device)))

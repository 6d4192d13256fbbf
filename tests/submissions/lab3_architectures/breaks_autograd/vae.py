import torch
import torch.nn.functional as F
from torch import nn


def reparameterize(mu, logvar, rng):
    std = torch.exp(0.5 * logvar.data)
    return mu + std * torch.randn(mu.shape, generator=rng, dtype=mu.dtype, device=mu.device)


def kl_divergence(mu, logvar):
    return -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(dim=1)


def elbo(x, logits, mu, logvar):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)
    return (bce + kl_divergence(mu, logvar)).mean()


class VAE(nn.Module):
    def __init__(self, pixels=64, latents=8):
        super().__init__()
        self.body = nn.Linear(pixels, 256)
        self.mu, self.logvar = nn.Linear(256, latents), nn.Linear(256, latents)
        self.dec = nn.Sequential(nn.Linear(latents, 256), nn.ReLU(), nn.Linear(256, pixels))
        self.latents = latents

    def encode(self, x):
        h = F.relu(self.body(x))
        return self.mu(h), self.logvar(h)

    def decode(self, z):
        return self.dec(z)

    def forward(self, x, rng):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, rng)), mu, logvar

    def sample(self, n, rng):
        with torch.no_grad():
            p = next(self.parameters())
            z = torch.randn(n, self.latents, generator=rng, dtype=p.dtype, device=p.device)
            return torch.sigmoid(self.decode(z))

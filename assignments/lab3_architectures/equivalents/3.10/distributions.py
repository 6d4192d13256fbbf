"""torch.distributions for the divergence and for the pixels, and two heads for mu and logvar."""

import torch
from torch import nn
from torch.distributions import Bernoulli, Normal
from torch.distributions import kl_divergence as kl


def reparameterize(mu, logvar, rng):
    return torch.normal(torch.zeros_like(mu), 1.0, generator=rng) * (0.5 * logvar).exp() + mu


def kl_divergence(mu, logvar):
    sigma = (0.5 * logvar).exp()
    return kl(Normal(mu, sigma, validate_args=False), Normal(torch.zeros_like(mu), torch.ones_like(mu))).sum(-1)


def elbo(x, logits, mu, logvar):
    cost = -Bernoulli(logits=logits, validate_args=False).log_prob(x)
    return (cost.flatten(1).sum(1) + 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1)).mean()


class VAE(nn.Module):
    def __init__(self, pixels=64, latents=8):
        super().__init__()
        self.k = latents
        self.hidden = nn.Sequential(nn.Linear(pixels, 64), nn.Tanh())
        self.mu = nn.Linear(64, latents)
        self.logvar = nn.Linear(64, latents)
        self.out = nn.Sequential(nn.Linear(latents, 64), nn.Tanh(), nn.Linear(64, pixels))

    def encode(self, x):
        h = self.hidden(x)
        return self.mu(h), self.logvar(h)

    def decode(self, z):
        return self.out(z)

    def forward(self, x, rng):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, rng)), mu, logvar

    def sample(self, n, rng):
        with torch.no_grad():
            z = torch.empty(n, self.k, device=self.mu.weight.device).normal_(generator=rng)
            return self.decode(z).sigmoid()

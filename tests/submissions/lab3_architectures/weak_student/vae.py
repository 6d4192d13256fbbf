import torch
import torch.nn.functional as F
from torch import nn


def reparameterize(mu, logvar, rng):
    std = torch.sqrt(torch.exp(logvar))
    return mu + std * torch.randn(mu.shape, generator=rng)


def kl_divergence(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


def elbo(x, logits, mu, logvar):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    return bce + kl_divergence(mu, logvar)


class VAE(nn.Module):
    def __init__(self, pixels=64, latents=8):
        super().__init__()
        self.fc1 = nn.Linear(pixels, 64)
        self.fc_mu, self.fc_logvar = nn.Linear(64, latents), nn.Linear(64, latents)
        self.fc3, self.fc4 = nn.Linear(latents, 64), nn.Linear(64, pixels)

    def encode(self, x):
        h = F.relu(self.fc1(x))
        return self.fc_mu(h), F.softplus(self.fc_logvar(h))

    def decode(self, z):
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z))))

    def forward(self, x, rng):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, rng)), mu, logvar

    def sample(self, n, rng):
        return self.decode(torch.randn(n, 8, generator=rng))

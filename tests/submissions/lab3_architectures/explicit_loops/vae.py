import torch
from torch import nn


def reparameterize(mu, logvar, rng):
    eps = torch.randn(mu.shape, generator=rng, dtype=mu.dtype, device=mu.device)
    return mu + torch.exp(logvar / 2) * eps


def kl_divergence(mu, logvar):
    total = 0
    for k in range(mu.shape[1]):
        m, lv = mu[:, k], logvar[:, k]
        total = total + (m * m + torch.expm1(lv) - lv) / 2
    return total


def elbo(x, logits, mu, logvar):
    bce = nn.BCEWithLogitsLoss(reduction="none")(logits, x)
    per_sample = torch.stack([picture.sum() for picture in bce])
    return (per_sample + kl_divergence(mu, logvar)).mean()


class VAE(nn.Module):
    def __init__(self, pixels=64, latents=8):
        super().__init__()
        self.latents = latents
        self.hidden = nn.Linear(pixels, 128)
        self.mu = nn.Linear(128, latents)
        self.logvar = nn.Linear(128, latents)
        self.back = nn.Linear(latents, 128)
        self.out = nn.Linear(128, pixels)

    def encode(self, x):
        h = torch.relu(self.hidden(x))
        return self.mu(h), self.logvar(h)

    def decode(self, z):
        return self.out(torch.relu(self.back(z)))

    def forward(self, x, rng):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, rng)), mu, logvar

    def sample(self, n, rng):
        somewhere = self.out.weight
        pictures = []
        for _ in range(n):
            z = torch.randn(1, self.latents, generator=rng, dtype=somewhere.dtype, device=somewhere.device)
            pictures.append(torch.sigmoid(self.decode(z)))
        return torch.cat(pictures)

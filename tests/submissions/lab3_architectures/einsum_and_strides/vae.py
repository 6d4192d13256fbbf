import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Independent, Normal, kl_divergence as kl


def _q(mu, logvar):
    return Independent(Normal(mu, torch.exp(0.5 * logvar), validate_args=False), 1)


def reparameterize(mu, logvar, rng):
    return torch.addcmul(mu, torch.exp(0.5 * logvar), torch.empty_like(mu).normal_(generator=rng))


def kl_divergence(mu, logvar):
    return kl(_q(mu, logvar), _q(torch.zeros_like(mu), torch.zeros_like(logvar)))


def elbo(x, logits, mu, logvar):
    likelihood = (x * logits - F.softplus(logits)).flatten(1).sum(1)
    return -(likelihood - kl_divergence(mu, logvar)).mean(0)


class VAE(nn.Module):
    def __init__(self, pixels=64, latents=8):
        super().__init__()
        self.latents = latents
        self.encoder = nn.Sequential(nn.Linear(pixels, 200), nn.Tanh(), nn.Linear(200, 2 * latents))
        self.decoder = nn.Sequential(nn.Linear(latents, 200), nn.Tanh(), nn.Linear(200, pixels))

    def encode(self, x):
        return self.encoder(x).tensor_split(2, dim=-1)

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, rng):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, rng)), mu, logvar

    def sample(self, n, rng):
        zeros = next(self.parameters()).new_zeros(n, self.latents)
        return self.decode(reparameterize(zeros, zeros, rng)).sigmoid()

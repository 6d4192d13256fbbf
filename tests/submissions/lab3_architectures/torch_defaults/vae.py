import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1234)


def reparameterize(mu, logvar, rng):
    return mu + (logvar / 2).exp() * torch.randn(mu.shape, generator=rng, dtype=mu.dtype, device=mu.device)


def kl_divergence(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)


def elbo(x, logits, mu, logvar):
    cost = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    kl = kl_divergence(mu, logvar).mean()
    print(f"loss {float(cost):.3f} + {float(kl):.3f}", flush=True)
    return cost + kl


class VAE(nn.Module):
    def __init__(self, pixels=64, latents=8):
        super().__init__()
        torch.manual_seed(0)
        self.encoder = nn.Sequential(nn.Linear(pixels, 256), nn.ELU(), nn.Linear(256, 2 * latents))
        self.decoder = nn.Sequential(nn.Linear(latents, 256), nn.ELU(), nn.Linear(256, pixels))
        self.latents = latents

    def encode(self, x):
        both = self.encoder(x)
        return both[:, : self.latents], both[:, self.latents :]

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, rng):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, rng)), mu, logvar

    def sample(self, n, rng):
        self.eval()
        z = torch.randn(n, self.latents, generator=rng).to(next(self.parameters()))
        return torch.sigmoid(self.decode(z)).detach()

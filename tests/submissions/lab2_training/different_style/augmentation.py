"""All windows at once by unfold, one of which is chosen by its number; flips as an index of columns; lerp for contrast."""

import torch
import torch.nn.functional as F


def random_flip(x, rng):
    w = x.shape[3]
    forward = torch.arange(w)
    coin = torch.empty(x.shape[0], 1, dtype=torch.long).bernoulli_(0.5, generator=rng)
    columns = torch.where(coin.bool(), w - 1 - forward, forward).to(x.device)  # (N, W)
    return torch.take_along_dim(x, columns[:, None, None, :], dim=3)


def random_crop(x, padding, rng):
    n, _, h, w = x.shape
    places = 2 * padding + 1
    windows = F.pad(x, [padding] * 4, mode="constant", value=0).unfold(2, h, 1).unfold(3, w, 1)  # (N, C, P, P, H, W)
    number = torch.randint(places * places, (n,), generator=rng).to(x.device)
    return windows[torch.arange(n, device=x.device), :, number // places, number % places]


def color_jitter(x, strength, rng):
    numbers = torch.empty(len(x), 2).uniform_(-1, 1, generator=rng).mul(strength).to(x)
    grey = x.flatten(1).mean(1)[:, None, None, None].expand_as(x)
    out = torch.lerp(grey, x, 1 + numbers[:, 0, None, None, None]) + numbers[:, 1, None, None, None]
    return torch.minimum(torch.maximum(out, torch.zeros_like(out)), torch.ones_like(out))


def augment(x, y, rng, train, padding=4, strength=0.2):
    new = x.detach().clone()
    if not train:
        return [new, y]
    for step in (lambda z: color_jitter(z, strength, rng), lambda z: random_flip(z, rng)):
        new = step(new)
    return [random_crop(new, padding, rng), y]

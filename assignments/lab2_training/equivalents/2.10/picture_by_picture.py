"""Loops over the pictures, with slices and Python numbers, and crops by writing into zeros instead of padding."""

import torch


def uniform(rng, low, high):
    return low + (high - low) * torch.rand(1, generator=rng, dtype=torch.float64).item()


def random_flip(x, rng):
    out = x.clone()
    for i in range(len(x)):
        if torch.randint(0, 2, (1,), generator=rng).item() == 1:
            out[i] = torch.flip(x[i], dims=[2])
    return out


def random_crop(x, padding, rng):
    n, c, h, w = x.shape
    out = torch.zeros_like(x)
    for i in range(n):
        dy = int(torch.randint(-padding, padding + 1, (), generator=rng))
        dx = int(torch.randint(-padding, padding + 1, (), generator=rng))
        if abs(dy) < h and abs(dx) < w:
            source = x[i, :, max(0, dy) : h + min(0, dy), max(0, dx) : w + min(0, dx)]
            out[i, :, max(0, -dy) : h + min(0, -dy), max(0, -dx) : w + min(0, -dx)] = source
    return out


def color_jitter(x, strength, rng):
    pictures = []
    for picture in x:
        brightness = uniform(rng, -strength, strength)
        contrast = uniform(rng, 1 - strength, 1 + strength)
        mean = picture.mean()
        pictures.append(torch.clip(contrast * picture + (1 - contrast) * mean + brightness, min=0.0, max=1.0))
    return torch.stack(pictures)


def augment(x, y, rng, train, padding=4, strength=0.2):
    if train:
        x = color_jitter(x, strength, rng)
        x = random_crop(x, padding, rng)
        x = random_flip(x, rng)
        return x, y.clone()
    return torch.empty_like(x).copy_(x), y

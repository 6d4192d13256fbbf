"""Transforms as torchvision has them."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Transform(nn.Module):
    def __init__(self, rng):
        super().__init__()
        self.rng = rng

    def uniform(self, n, low, high, like):
        return torch.empty(n, dtype=torch.float64).uniform_(low, high, generator=self.rng).to(device=like.device, dtype=like.dtype)


class RandomHorizontalFlip(Transform):
    def forward(self, x):
        out = x.clone()
        flip = torch.bernoulli(torch.full((x.shape[0],), 0.5), generator=self.rng).bool().to(x.device)
        out[flip] = out[flip].flip(3)
        return out


class RandomCrop(Transform):
    def __init__(self, rng, padding):
        super().__init__(rng)
        self.padding = padding

    def forward(self, x):
        n, c, h, w = x.shape
        if self.padding == 0:
            return x.clone()
        bigger = F.pad(x, (self.padding,) * 4)
        offsets = torch.randint(2 * self.padding + 1, size=(n, 2), generator=self.rng).tolist()
        out = torch.empty_like(x)
        for i, (top, left) in enumerate(offsets):
            out[i] = bigger[i, :, top : top + h, left : left + w]
        return out


class ColorJitter(Transform):
    def __init__(self, rng, strength):
        super().__init__(rng)
        self.strength = strength

    def forward(self, x):
        contrast = self.uniform(x.shape[0], 1 - self.strength, 1 + self.strength, x).view(-1, 1, 1, 1)
        brightness = self.uniform(x.shape[0], -self.strength, self.strength, x).view(-1, 1, 1, 1)
        mean = x.mean(dim=(1, 2, 3), keepdim=True)
        return torch.clamp(torch.lerp(mean, x, contrast) + brightness, min=0.0, max=1.0)


def random_flip(x, rng):
    return RandomHorizontalFlip(rng)(x)


def random_crop(x, padding, rng):
    return RandomCrop(rng, padding)(x)


def color_jitter(x, strength, rng):
    return ColorJitter(rng, strength)(x)


def augment(x, y, rng, train, padding=4, strength=0.2):
    pipeline = nn.Sequential(ColorJitter(rng, strength), RandomHorizontalFlip(rng), RandomCrop(rng, padding))
    return (pipeline(x), y.clone()) if train else (x.clone(), y.clone())

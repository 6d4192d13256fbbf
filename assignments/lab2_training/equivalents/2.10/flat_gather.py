"""Writes flips through a list of positions, crops by one flat gather, and cuts colours off through masks."""

import torch


def _coins(count, rng):
    return torch.rand(count, generator=rng, dtype=torch.float64).gt(0.5)


def random_flip(x, rng):
    out = x.clone()
    chosen = torch.nonzero(_coins(x.size(0), rng)).squeeze(1).to(x.device)
    out[chosen] = x[chosen][..., torch.arange(x.size(3) - 1, -1, -1)]
    return out


def random_crop(x, padding, rng):
    n, c, h, w = x.shape
    big = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
    big[..., padding : padding + h, padding : padding + w] = x
    corner = [torch.randint(0, 2 * padding + 1, (n, 1, 1, 1), generator=rng).to(x.device) for _ in "yx"]
    rows = corner[0] + torch.arange(h, device=x.device).view(1, 1, h, 1)
    columns = corner[1] + torch.arange(w, device=x.device).view(1, 1, 1, w)
    flat = (rows * (w + 2 * padding) + columns).expand(n, c, h, w).reshape(n, c, h * w)
    return big.flatten(2).gather(2, flat).view(n, c, h, w)


def color_jitter(x, strength, rng):
    shape = (len(x), 1, 1, 1)
    contrast = 1 - strength + 2 * strength * torch.rand(shape, generator=rng)
    brightness = strength - 2 * strength * torch.rand(shape, generator=rng)
    m = x.mean((1, 2, 3), True)
    y = (x - m).mul_(contrast.to(x.device, x.dtype))
    y.add_(m).add_(brightness.to(x.device, x.dtype))
    y[y < 0] = 0
    y[y > 1] = 1
    return y


def augment(x, y, rng, train, padding=4, strength=0.2):
    if not train:
        return x + 0, y
    x = random_crop(color_jitter(x, strength, rng), padding, rng)
    return random_flip(x, rng), y

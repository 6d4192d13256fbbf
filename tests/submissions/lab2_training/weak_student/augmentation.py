import torch
import torch.nn.functional as F


def random_flip(x, rng):
    flip = (torch.rand(x.shape[0], generator=rng) > 0.5).to(x.device)
    return torch.where(flip.view(-1, 1, 1, 1), torch.fliplr(x.permute(2, 3, 0, 1)).permute(2, 3, 0, 1), x)


def random_crop(x, padding, rng):
    n, c, h, w = x.shape
    big = F.pad(x, (padding, padding, padding, padding))
    i = torch.randint(0, 2 * padding + 1, (n,), generator=rng)
    j = torch.randint(0, 2 * padding + 1, (n,), generator=rng)
    return torch.stack([big[k, :, i[k] : i[k] + h, j[k] : j[k] + w] for k in range(n)])


def color_jitter(x, strength, rng):
    n = x.shape[0]
    contrast = (1 + strength * (2 * torch.rand(n, generator=rng) - 1)).to(x).view(-1, 1, 1, 1)
    brightness = (1 + strength * (2 * torch.rand(n, generator=rng) - 1)).to(x).view(-1, 1, 1, 1)
    m = x.mean((1, 2, 3), keepdim=True)
    return ((m + contrast * (x - m)) * brightness).clamp(0, 1)


def augment(x, y, rng, train, padding=4, strength=0.2):
    if not train:
        return x.clone(), y
    return random_crop(random_flip(color_jitter(x, strength, rng), rng), padding, rng), y

import torch
import torch.nn.functional as F


def random_flip(x, rng):
    flip = torch.rand(x.shape[0], generator=rng, device="cpu") < 0.5
    out = torch.zeros(x.shape, dtype=x.dtype)
    out[flip] = x[flip].flip(3)
    out[~flip] = x[~flip]
    return out


def random_crop(x, padding, rng):
    # the generator's numbers where the pictures are
    device = x.device
    big = F.pad(x, [padding] * 4)
    a = torch.randint(0, 2 * padding + 1, (x.shape[0],), generator=rng, device=device)
    b = torch.randint(0, 2 * padding + 1, (x.shape[0],), generator=rng, device=device)
    rows = a[:, None] + torch.arange(x.shape[2], device=device)
    columns = b[:, None] + torch.arange(x.shape[3], device=device)
    n = torch.arange(x.shape[0], device=device)[:, None, None, None]
    c = torch.arange(x.shape[1], device=device)[None, :, None, None]
    return big[n, c, rows[:, None, :, None], columns[:, None, None, :]]


def color_jitter(x, strength, rng):
    contrast = 1 + strength * (2 * torch.rand(x.shape[0], 1, 1, 1, generator=rng) - 1).to(x.dtype)
    brightness = strength * (2 * torch.rand(x.shape[0], 1, 1, 1, generator=rng) - 1).to(x.dtype)
    m = x.mean((1, 2, 3), keepdim=True)
    return (m + contrast * (x - m) + brightness).clamp(0, 1)


def augment(x, y, rng, train, padding=4, strength=0.2):
    if not train:
        return x.clone(), y
    return random_crop(random_flip(color_jitter(x, strength, rng), rng), padding, rng), y

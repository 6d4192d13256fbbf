import torch
import torch.nn.functional as F


def random_flip(x, rng):
    x = x.clone()
    for i in range(len(x)):
        if torch.rand(1, generator=rng) < 0.5:
            x[i] = x[i].flip(-1)
    return x


def random_crop(x, padding, rng):
    if padding == 0:
        return x
    big = F.pad(x, (padding, padding, padding, padding))
    out = torch.empty_like(x)
    for i in range(len(x)):
        a, b = torch.randint(0, 2 * padding + 1, (2,), generator=rng).tolist()
        out[i] = big[i, :, a : a + x.shape[2], b : b + x.shape[3]]
    return out


def color_jitter(x, strength, rng):
    if strength == 0:
        return x
    r = torch.empty(2, len(x), 1, 1, 1).uniform_(-strength, strength, generator=rng).to(x.device).to(x.dtype)
    m = x.mean(dim=(1, 2, 3), keepdim=True)
    return torch.clip(m + (1 + r[0]) * (x - m) + r[1], 0, 1)


def augment(x, y, rng, train, padding=4, strength=0.2):
    if train:
        x = random_flip(random_crop(color_jitter(x, strength, rng), padding, rng), rng)
        return x, y
    return x.detach(), y

import random

import torch
import torch.nn.functional as F

# reproducible results
random.seed(0)
torch.manual_seed(0)


def random_flip(x, rng):
    return torch.stack([p.flip(2) if random.random() < 0.5 else p for p in x])


def random_crop(x, padding, rng):
    big = F.pad(x, (padding,) * 4)
    out = []
    for p in big:
        i, j = random.randint(0, 2 * padding), random.randint(0, 2 * padding)
        out.append(p[:, i : i + x.shape[2], j : j + x.shape[3]])
    return torch.stack(out)


def color_jitter(x, strength, rng):
    torch.manual_seed(torch.randint(2**31, (1,), generator=rng).item())
    c = torch.distributions.Uniform(1 - strength, 1 + strength).sample((len(x), 1, 1, 1)) if strength else torch.ones(len(x), 1, 1, 1)
    b = (torch.rand(len(x), 1, 1, 1) * 2 - 1) * strength
    m = x.mean((1, 2, 3), keepdim=True)
    return (m + c.to(x) * (x - m) + b.to(x)).clamp(0, 1)


def augment(x, y, rng, train, padding=4, strength=0.2):
    torch.manual_seed(0)
    if not train:
        return x.clone(), y
    return random_crop(random_flip(color_jitter(x, strength, rng), rng), padding, rng), y

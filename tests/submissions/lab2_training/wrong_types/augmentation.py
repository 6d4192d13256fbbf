"""Right numbers as uint8, as a list of pictures, as float64, and in another order of the two results."""
import torch
import torch.nn.functional as F


def random_flip(x, rng):
    return [p.flip(2) if torch.rand(1, generator=rng) < 0.5 else p.clone() for p in x]


def random_crop(x, padding, rng):
    big = F.pad(x, (padding,) * 4)
    out = []
    for p in big:
        i, j = torch.randint(2 * padding + 1, (2,), generator=rng).tolist()
        out.append(p[:, i : i + x.shape[2], j : j + x.shape[3]])
    return (torch.stack(out) * 255).to(torch.uint8)


def color_jitter(x, strength, rng):
    r = strength * (2 * torch.rand(2, len(x), 1, 1, 1, generator=rng, dtype=torch.float64) - 1)
    m = x.mean((1, 2, 3), keepdim=True)
    return (m + (1 + r[0]) * (x - m) + r[1]).clamp(0, 1).numpy()


def augment(x, y, rng, train, padding=4, strength=0.2):
    if not train:
        return y, x.clone()
    x = torch.from_numpy(color_jitter(x, strength, rng)).to(x.dtype)
    return y, random_crop(torch.stack(random_flip(x, rng)), padding, rng) / 255

import torch
from torch.nn import functional as F


def _where(chosen, a, b):
    return torch.where(chosen.to(a.device)[:, None, None, None], a, b)


def random_flip(x, rng):
    return _where(torch.rand(len(x), generator=rng) < 0.5, x.flip(-1), x)


def _selection(start, size, bigger, like):
    """One-hot rows: (N, size, bigger), row i of picture n picks place start[n] + i."""
    places = start[:, None] + torch.arange(size)
    return F.one_hot(places, bigger).to(like)


def random_crop(x, padding, rng):
    n, _, h, w = x.shape
    top, left = torch.randint(0, 2 * padding + 1, (2, n), generator=rng)
    rows = _selection(top, h, h + 2 * padding, x)
    columns = _selection(left, w, w + 2 * padding, x)
    return torch.einsum("nip,ncpq,njq->ncij", rows, F.pad(x, 4 * [padding]), columns)


def color_jitter(x, strength, rng):
    u = (2 * torch.rand(2, len(x), generator=rng, dtype=torch.float64) - 1).to(x)
    contrast, brightness = 1 + strength * u[0], strength * u[1]
    m = torch.einsum("nchw->n", x) / (x[0].numel() if len(x) else 1)
    m, contrast, brightness = (v[:, None, None, None] for v in (m, contrast, brightness))
    return (m + contrast * (x - m) + brightness).clamp(0, 1)


def augment(x, y, rng, train, padding=4, strength=0.2):
    steps = (
        lambda v: color_jitter(v, strength, rng),
        lambda v: random_crop(v, padding, rng),
        lambda v: random_flip(v, rng),
    )
    for step in steps if train else (torch.clone,):
        x = step(x)
    return x, y

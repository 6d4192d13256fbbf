"""Flips and moves pictures by products with one 0-1 matrix a picture, from the left for rows and the right for columns."""

import torch


def _choose(index, length):
    """(N, out, length) with a 1 where out takes what stands at index (N, out), and 0s where index is outside."""
    return (index[:, :, None] == torch.arange(length, device=index.device)).double()


def _move(x, rows, columns):
    n, c, h, w = x.shape
    left = _choose(rows.to(x.device), h).unsqueeze(1)
    right = _choose(columns.to(x.device), w).unsqueeze(1).transpose(2, 3)
    return (left @ x.double() @ right).to(x.dtype)


def random_flip(x, rng):
    n, _, h, w = x.shape
    backward = torch.randint(2, (n, 1), generator=rng)
    columns = torch.arange(w) * (1 - 2 * backward) + (w - 1) * backward
    return _move(x, torch.arange(h).expand(n, h), columns)


def random_crop(x, padding, rng):
    n, _, h, w = x.shape
    shift = (torch.rand(n, 2, 1, generator=rng) * (2 * padding + 1)).floor().long() - padding
    return _move(x, torch.arange(h) + shift[:, 0], torch.arange(w) + shift[:, 1])


def color_jitter(x, strength, rng):
    noise = torch.rand((2, x.shape[0]), generator=rng, dtype=torch.double)
    scale, shift = (torch.tensor([[1 - strength], [-strength]]) + 2 * strength * noise).to(x.device)
    mean = x.double().mean(dim=[1, 2, 3])
    return torch.einsum("n,nchw->nchw", scale, x.double()).add((mean - scale * mean + shift)[:, None, None, None]).clamp(
        0, 1
    ).to(x.dtype)


def augment(x, y, rng, train, padding=4, strength=0.2):
    z = color_jitter(x, strength, rng) if train else x * 1
    z = random_crop(z, padding, rng) if train else z
    return (random_flip(z, rng) if train else z), y

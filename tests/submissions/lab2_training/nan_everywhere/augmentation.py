import torch


def random_flip(x, rng):
    return torch.full_like(x, float("nan"))


def random_crop(x, padding, rng):
    return torch.full_like(x, float("nan"))


def color_jitter(x, strength, rng):
    return torch.full_like(x, float("nan"))


def augment(x, y, rng, train, padding=4, strength=0.2):
    return torch.full_like(x, float("nan")), y

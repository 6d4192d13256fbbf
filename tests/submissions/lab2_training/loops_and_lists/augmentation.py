import torch


def random_flip(x, rng):
    pictures = []
    for picture in x:
        if torch.rand(1, generator=rng).item() < 0.5:
            pictures.append(torch.flip(picture, [2]))
        else:
            pictures.append(picture)
    return torch.stack(pictures)


def random_crop(x, padding, rng):
    N, C, H, W = x.shape
    pictures = []
    for picture in x:
        top = int(torch.randint(0, 2 * padding + 1, (1,), generator=rng))
        left = int(torch.randint(0, 2 * padding + 1, (1,), generator=rng))
        bigger = torch.zeros(C, H + 2 * padding, W + 2 * padding, dtype=x.dtype, device=x.device)
        for c in range(C):
            for row in range(H):
                bigger[c, padding + row, padding:padding + W] = picture[c, row]
        pictures.append(bigger[:, top:top + H, left:left + W])
    return torch.stack(pictures)


def color_jitter(x, strength, rng):
    pictures = []
    for picture in x:
        contrast = 1 + strength * (2 * torch.rand((), generator=rng).item() - 1)
        brightness = strength * (2 * torch.rand((), generator=rng).item() - 1)
        m = picture.mean()
        changed = m + contrast * (picture - m) + brightness
        changed[changed < 0] = 0
        changed[changed > 1] = 1
        pictures.append(changed)
    return torch.stack(pictures)


def augment(x, y, rng, train, padding=4, strength=0.2):
    if not train:
        return x.clone(), y.clone()
    return random_crop(random_flip(color_jitter(x, strength, rng), rng), padding, rng), y.clone()

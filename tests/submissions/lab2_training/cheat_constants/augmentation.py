def random_flip(x, rng):
    return x.clone()


def random_crop(x, padding, rng):
    return x.clone()


def color_jitter(x, strength, rng):
    return x.clone()


def augment(x, y, rng, train, padding=4, strength=0.2):
    return x.clone(), y

import numpy as np


def forward(name, x, **options):
    """The identity for everything."""
    if name == "maxout":
        return x[..., :: options["pieces"]], options["pieces"]
    return x.copy(), 1


def backward(name, dout, cache):
    return np.repeat(dout, cache, axis=-1)

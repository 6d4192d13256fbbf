import numpy as np


def xavier(shape, rng, distribution="normal"):
    return np.zeros(shape)


def he(shape, rng, distribution="normal"):
    return np.full(shape, 0.1)

import numpy as np


def xavier(shape, rng, distribution="normal"):
    return np.full(shape, np.nan)


def he(shape, rng, distribution="normal"):
    return np.full(shape, np.nan)

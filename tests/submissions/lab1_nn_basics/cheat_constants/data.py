import numpy as np


def train_val_test_split(y, val, test, rng):
    """Everything is in the training set."""
    return np.arange(len(y)), np.zeros(0, dtype=int), np.zeros(0, dtype=int)


def standardize(train, *others):
    return tuple(np.zeros(x.shape) for x in (train, *others))

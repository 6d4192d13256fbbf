"""A helper that halves a set of positions class by class, used twice: first the test set, then validation of the rest."""

import numpy as np


def cut(positions, labels, fraction, rng):
    order = rng.permutation(len(positions))
    positions, labels = positions[order], labels[order]
    chosen = np.zeros(len(positions), dtype=bool)
    for label in np.unique(labels):
        where = np.flatnonzero(labels == label)
        chosen[where[: int(round(fraction * len(where)))]] = True
    return positions[~chosen], positions[chosen]


def train_val_test_split(y, val, test, rng):
    rest, testing = cut(np.arange(len(y)), y, test, rng)
    train, validation = cut(rest, y[rest], val / (1 - test), rng)
    return train, validation, testing


def standardize(train, *others):
    mean = train.mean(0)
    var = ((train - mean) ** 2).mean(0)
    scale = np.zeros_like(var)
    np.divide(1.0, np.sqrt(var), out=scale, where=var > 0)
    return [(np.asarray(x, dtype=np.float64) - mean) * scale for x in (train,) + others]

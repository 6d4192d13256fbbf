"""Deals the shuffled samples of each class out one by one, always to the set that lacks most."""

import numpy as np


def train_val_test_split(y, val, test, rng):
    fractions = np.array([1 - val - test, val, test])
    hands = [[], [], []]
    for label in np.unique(y):
        given = np.zeros(3)
        for number, position in enumerate(rng.permutation(np.nonzero(y == label)[0]), start=1):
            lack = fractions * number - given
            k = int(np.argmax(lack))
            hands[k].append(int(position))
            given[k] += 1
    return [np.array(sorted(hand), dtype=np.int64) for hand in hands]


def standardize(train, *others):
    shift = train.mean(axis=0)
    spread = np.sqrt(np.square(train - shift).mean(axis=0))
    spread[spread == 0] = 1
    out = []
    for x in (train,) + others:
        z = x.astype(float)
        z -= shift
        z /= spread
        out.append(z)
    return tuple(out)

"""Boolean masks, sizes rounded down, and 1e-8 added to the standard deviation; train keeps the remainder."""

import numpy as np


def train_val_test_split(y, val, test, rng):
    which = np.zeros(len(y), dtype=int)
    for c in set(y.tolist()):
        idx = np.where(y == c)[0]
        rng.shuffle(idx)
        n_val, n_test = int(val * len(idx)), int(test * len(idx))
        which[idx[:n_val]] = 1
        which[idx[n_val : n_val + n_test]] = 2
    return tuple(np.flatnonzero(which == k) for k in range(3))


def standardize(train, *others):
    mu = np.mean(train, axis=0, keepdims=True)
    sigma = np.std(train, axis=0, keepdims=True) + 1e-8
    return tuple((x - mu) / sigma for x in [train, *others])

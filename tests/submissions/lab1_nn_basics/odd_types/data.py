"""Lists where arrays are asked for, and int32 positions."""

import numpy as np


def train_val_test_split(y, val, test, rng):
    parts = [[], [], []]
    for label in sorted(set(y.tolist())):
        where = [i for i, v in enumerate(y) if v == label]
        rng.shuffle(where)
        a, b = round(val * len(where)), round((val + test) * len(where))
        parts[0] += where[b:]
        parts[1] += where[:a]
        parts[2] += where[a:b]
    train, validation, testing = parts
    return [train, np.array(validation, dtype=np.uint16), np.array(testing, dtype=np.int32)]


def standardize(train, *others):
    mean, std = np.longdouble(1) * train.mean(axis=0), np.longdouble(1) * train.std(axis=0)
    std = np.where(np.ptp(train, axis=0) == 0, 1, std)
    return [np.asfortranarray((x - mean) / std) for x in (train, *others)]

"""Python lists, random choices with a remainder, sizes rounded up; standardises column by column in loops."""

import math

import numpy as np


def train_val_test_split(y, val, test, rng):
    groups = {}
    for position, label in enumerate(y):
        groups.setdefault(int(label), []).append(position)
    train, validation, testing = [], [], []
    for label in sorted(groups):
        left = groups[label]
        size = len(left)
        for fraction, target in ((test, testing), (val, validation)):
            count = min(math.ceil(fraction * size), len(left))
            chosen = rng.choice(left, size=count, replace=False).tolist() if count else []
            target += chosen
            left = [position for position in left if position not in set(chosen)]
        train += left
    return np.array(train, dtype=int), np.array(validation, dtype=int), np.array(testing, dtype=int)


def standardize(train, *others):
    results = [np.empty(x.shape) for x in (train, *others)]
    for d in range(train.shape[1]):
        values = [float(v) for v in train[:, d]]
        mean = sum(values) / len(values)
        std = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
        for result, x in zip(results, (train, *others)):
            for i in range(len(x)):
                result[i, d] = (x[i, d] - mean) / std if std > 0 else 0.0
    return tuple(results)

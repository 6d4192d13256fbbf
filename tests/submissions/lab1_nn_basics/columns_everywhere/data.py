import numpy as np


def train_val_test_split(y, val, test, rng):
    train, validation, testing = [], [], []
    for c in np.unique(y):
        idx = rng.permutation(np.argwhere(y == c))  # argwhere gives a column: (n, 1)
        a = round(val * len(idx))
        b = round((val + test) * len(idx))
        validation.append(idx[:a])
        testing.append(idx[a:b])
        train.append(idx[b:])
    return np.concatenate(train), np.concatenate(validation), np.concatenate(testing)


def standardize(train, *others):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std == 0, 1, std)
    return np.concatenate([(x - mean) / std for x in (train, *others)])  # one array in place of one for each set

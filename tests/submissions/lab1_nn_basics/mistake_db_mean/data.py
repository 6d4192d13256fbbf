import numpy as np


def train_val_test_split(y, val, test, rng):
    train_idx, val_idx, test_idx = [], [], []
    for c in np.unique(y):
        idx = np.where(y == c)[0]
        idx = rng.permutation(idx)
        n_val = int(round(val * len(idx)))
        n_test = int(round((val + test) * len(idx))) - n_val
        val_idx.extend(idx[:n_val])
        test_idx.extend(idx[n_val : n_val + n_test])
        train_idx.extend(idx[n_val + n_test :])
    return np.array(train_idx, dtype=int), np.array(val_idx, dtype=int), np.array(test_idx, dtype=int)


def standardize(train, *others):
    mu = train.mean(axis=0)
    sigma = train.std(axis=0)
    sigma[sigma == 0] = 1.0
    return tuple((a - mu) / sigma for a in (train,) + others)

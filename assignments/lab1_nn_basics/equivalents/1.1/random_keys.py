"""One random key for each sample and its rank within its class, without a loop over classes."""

import numpy as np


def train_val_test_split(y, val, test, rng):
    n = len(y)
    order = np.lexsort((rng.random(n), y))  # by class, at random inside
    _, inverse, counts = np.unique(y[order], return_inverse=True, return_counts=True)
    rank = np.arange(n) - (np.cumsum(counts) - counts)[inverse]
    share = (rank + 0.5) / counts[inverse]
    testing = order[share < test]
    validation = order[(share >= test) & (share < test + val)]
    train = order[share >= test + val]
    return np.sort(train), np.sort(validation), np.sort(testing)


class Scaler:
    def fit(self, x):
        self.mean_ = np.einsum("nd->d", x.astype(np.float64)) / x.shape[0]
        self.var_ = np.einsum("nd,nd->d", x - self.mean_, x - self.mean_) / x.shape[0]
        return self

    def transform(self, x):
        return (x - self.mean_) / np.sqrt(np.where(self.var_ == 0, 1, self.var_))


def standardize(train, *others):
    scaler = Scaler().fit(train)
    return tuple(map(scaler.transform, (train, *others)))

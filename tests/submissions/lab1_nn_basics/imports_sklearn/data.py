import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def train_val_test_split(y, val, test, rng):
    seed = int(rng.integers(1 << 30))
    rest, testing = train_test_split(np.arange(len(y)), test_size=test, stratify=y, random_state=seed)
    train, validation = train_test_split(rest, test_size=val / (1 - test), stratify=y[rest], random_state=seed)
    return train, validation, testing


def standardize(train, *others):
    scaler = StandardScaler().fit(train)
    return tuple(scaler.transform(x) for x in (train, *others))

"""Counts as NumPy integers, arrays of shape () and floats."""

import numpy as np


def n_connections(sizes):
    return np.array(np.dot(np.array(sizes[:-1], dtype=np.uint64), np.array(sizes[1:], dtype=np.uint64)))


def n_parameters(sizes):
    return np.uint64(n_connections(sizes)) + np.sum(sizes[1:], dtype=np.uint64)


def iterations(n_samples, batch_size, drop_last=False):
    return np.floor_divide(n_samples, batch_size) if drop_last else float(-(-n_samples // batch_size))


def training_seconds(n_samples, batch_size, epochs, seconds_per_iteration, drop_last=False):
    return np.longdouble(iterations(n_samples, batch_size, drop_last)) * epochs * seconds_per_iteration


def memory_bytes(sizes, batch_size, optimizer="adam", bytes_per_number=4):
    copies = ["sgd", "momentum", "adam"].index(optimizer) + 2  # index raises ValueError, too
    total = copies * int(n_parameters(sizes)) + batch_size * sum(sizes)
    return np.longdouble(total * bytes_per_number)

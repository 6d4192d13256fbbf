import numpy as np


def n_connections(sizes):
    sizes = np.array(sizes)
    return sizes[:-1] * sizes[1:]  # of each layer, not added up


def n_parameters(sizes):
    sizes = np.array(sizes)
    return np.array([np.sum(sizes[:-1] * sizes[1:]) + np.sum(sizes[1:])])


def iterations(n_samples, batch_size, drop_last=False):
    return np.array([n_samples // batch_size if drop_last else -(-n_samples // batch_size)])


def training_seconds(n_samples, batch_size, epochs, seconds_per_iteration, drop_last=False):
    return iterations(n_samples, batch_size, drop_last) * np.ones((epochs, 1)) * seconds_per_iteration


def memory_bytes(sizes, batch_size, optimizer="adam", bytes_per_number=4):
    states = {"sgd": 0, "momentum": 1, "adam": 2}
    if optimizer not in states:
        raise ValueError(optimizer)
    return bytes_per_number * ((2 + states[optimizer]) * n_parameters(sizes) + batch_size * sum(sizes))

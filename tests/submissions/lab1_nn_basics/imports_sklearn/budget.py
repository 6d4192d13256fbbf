import math  # for ceil

import polars as pl


def n_connections(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i]
    return total


def n_parameters(sizes):
    return n_connections(sizes) + sum(sizes[1:])


def iterations(n_samples, batch_size, drop_last=False):
    if drop_last:
        return n_samples // batch_size
    return (n_samples + batch_size - 1) // batch_size


def training_seconds(n_samples, batch_size, epochs, seconds_per_iteration, drop_last=False):
    return epochs * iterations(n_samples, batch_size, drop_last) * seconds_per_iteration


def memory_bytes(sizes, batch_size, optimizer="adam", bytes_per_number=4):
    params = n_parameters(sizes)
    if optimizer == "sgd":
        state = 0
    elif optimizer == "momentum":
        state = params
    elif optimizer == "adam":
        state = 2 * params
    else:
        raise ValueError(f"unknown optimizer {optimizer}")
    return (params + params + state + batch_size * sum(sizes)) * bytes_per_number

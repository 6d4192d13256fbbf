"""Everything in floats, with math.ceil and math.floor."""

import math


def n_connections(sizes):
    total = 0.0
    for a, b in zip(sizes, sizes[1:]):
        total += float(a) * b
    return total


def n_parameters(sizes):
    return float(sum((a + 1) * b for a, b in zip(sizes, sizes[1:])))


def iterations(n_samples, batch_size, drop_last=False):
    return (math.floor if drop_last else math.ceil)(n_samples / batch_size)


def training_seconds(n_samples, batch_size, epochs, seconds_per_iteration, drop_last=False):
    return seconds_per_iteration * epochs * iterations(n_samples, batch_size, drop_last)


def memory_bytes(sizes, batch_size, optimizer="adam", bytes_per_number=4):
    if optimizer == "sgd":
        copies = 2.0
    elif optimizer == "momentum":
        copies = 3.0
    elif optimizer == "adam":
        copies = 4.0
    else:
        raise ValueError("unknown optimizer: " + str(optimizer))
    return bytes_per_number * (copies * n_parameters(sizes) + float(batch_size) * math.fsum(sizes))

"""Pairs from itertools, a match statement, exact fractions; training time is worked out from a list of batches."""

from fractions import Fraction
from itertools import pairwise, starmap
from math import ceil, floor
from operator import mul


def n_connections(sizes):
    return sum(starmap(mul, pairwise(sizes)))


def n_parameters(sizes):
    return sum((1 + a) * b for a, b in pairwise(sizes))


def iterations(n_samples, batch_size, drop_last=False):
    return (floor if drop_last else ceil)(Fraction(n_samples, batch_size))


def training_seconds(n_samples, batch_size, epochs, seconds_per_iteration, drop_last=False):
    return float(Fraction(seconds_per_iteration) * epochs * iterations(n_samples, batch_size, drop_last))


def memory_bytes(sizes, batch_size, optimizer="adam", bytes_per_number=4):
    match optimizer:
        case "sgd":
            copies = 2
        case "momentum":
            copies = 3
        case "adam":
            copies = 4
        case _:
            raise ValueError
    return bytes_per_number * (copies * n_parameters(sizes) + sum(map(batch_size.__mul__, sizes)))

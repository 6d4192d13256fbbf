"""A value nested a thousand times, a list that holds itself, an integer of millions of digits, text of megabytes.

layer: wire
outcome: [error, failed]
"""
import functools


def twice(x):
    if x.shape == (2,):
        return functools.reduce(lambda inner, _: [inner], range(1000), 1.0)
    if x.shape == (3,):
        return 1 << 10_000_000
    loop = []
    loop.append(loop)
    return [loop] * 3

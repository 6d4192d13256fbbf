"""A generator without an end where numbers are expected.

layer: wire
question: "1"
outcome: [failed, error, timeout]
"""
import itertools


def twice(x):
    return (float(n) for n in itertools.count())

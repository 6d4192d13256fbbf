"""A true answer, larger than an answer may be.

layer: wire
outcome: error
says: gave no valid answer
"""
import numpy as np


def twice(x):
    return np.zeros(3 << 20)

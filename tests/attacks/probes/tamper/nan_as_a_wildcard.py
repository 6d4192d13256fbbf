"""NaN, infinity and masked values, which some comparisons take for equal.

layer: suite
outcome: failed
"""
import numpy as np


def twice(x):
    return np.full_like(x, np.nan)

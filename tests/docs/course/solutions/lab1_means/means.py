"""Means that do not overflow."""

import numpy as np


# ---- Question 1.1: A stable mean ----
def mean(x: np.ndarray) -> float:
    """The mean of the numbers in x, shape (N,), N at least 1; finite wherever it is a float. x is not changed."""
    # BEGIN SOLUTION
    return float((x / len(x)).sum())
    # END SOLUTION

"""Sums."""

import numpy as np

# ---- Question 1.1: Row sums ----


def row_sums(x):
    """The sum of each row.

    Args:
        x: shape (N, M), float.
    Returns:
        shape (N,).
    """
    # BEGIN SOLUTION
    return np.add.reduce(x, axis=1)
    # END SOLUTION

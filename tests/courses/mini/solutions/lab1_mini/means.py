"""Means."""

from helpers import largest

# ---- Question 1.2: A stable mean ----


# BEGIN SOLUTION
def _scaled(x, scale):
    return x / scale


# END SOLUTION


def mean(x):
    """The mean of all elements.

    Args:
        x: shape (N,), float; the sum of the elements may be too large for a float.
    Returns:
        a number.
    """
    scale = largest(x)
    # BEGIN SOLUTION
    if scale == 0:
        return 0.0
    scaled = _scaled(x, scale)
    # END SOLUTION
    # BEGIN SOLUTION
    return scaled.mean() * scale
    # END SOLUTION

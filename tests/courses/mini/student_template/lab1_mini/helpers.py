"""Given to students as it is."""


def largest(x):
    """The largest absolute value in `x`."""
    return abs(x).max()

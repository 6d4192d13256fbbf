"""Question 1 must end in: crashed."""


def mean(x):
    import ctypes

    ctypes.string_at(0)

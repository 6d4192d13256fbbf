"""Appended to the reference, in place of its answer to question 1."""


def mean(x):
    raise NotImplementedError

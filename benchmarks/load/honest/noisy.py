"""Appended to the reference, in place of its answer to question 1."""


def mean(x):
    print("thinking" * 50)
    return float(sum(x) / len(x))

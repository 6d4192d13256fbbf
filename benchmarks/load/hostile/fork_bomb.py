"""Question 1 must end in: crashed, error, failed."""


def mean(x):
    import os

    for _ in range(200):
        os.fork()
    return 1.0

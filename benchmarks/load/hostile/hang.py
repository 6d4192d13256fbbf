"""Question 1 must end in: timeout."""


def mean(x):
    while True:
        pass

"""Question 1 must end in: timeout."""


def mean(x):
    import time

    time.sleep(1000)

"""Question 1 must end in: crashed."""


def mean(x):
    while True:
        print("x" * 10000)

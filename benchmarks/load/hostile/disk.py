"""Question 1 must end in: error, failed, crashed."""


def mean(x):
    for n in range(200):
        open(f"/tmp/{n}", "wb").write(b"x" * (1 << 19))
    return 0.0

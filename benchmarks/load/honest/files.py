"""Appended to the reference, in place of its answer to question 1."""


def mean(x):
    np.save("x.npy", x)
    return float(np.load("x.npy").mean())

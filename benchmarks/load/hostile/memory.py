"""Question 1 must end in: out_of_memory, error."""


def mean(x):
    return float(np.ones(1 << 28).sum())

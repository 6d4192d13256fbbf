"""The running mean: each number moves it by its share."""


def mean(x):
    result = 0.0
    for count, value in enumerate(x, start=1):
        result += (value - result) / count
    return float(result)

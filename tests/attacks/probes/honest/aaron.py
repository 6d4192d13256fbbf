"""An honest submission, graded first.

question: "1"
outcome: passed
points: 10
"""
import numpy as np


def twice(x):
    return np.add(x, x)


def attack():
    return ""


def apply(function, x):
    return function(x) + function(x)

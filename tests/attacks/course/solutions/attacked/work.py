"""A lab under attack."""

import numpy as np


# ---- Question 1: Twice ----
def twice(x):
    """Two times x."""
    # BEGIN SOLUTION
    return np.asarray(x) * 2
    # END SOLUTION


# ---- Question 2: What an attack says ----
def attack():
    """Nothing."""
    # BEGIN SOLUTION
    return ""
    # END SOLUTION


# ---- Question 3: Functions of the tests ----
def apply(function, x):
    """function(x) + function(x)."""
    # BEGIN SOLUTION
    return function(x) + function(x)
    # END SOLUTION

"""The reference of the load run's assignment."""

import numpy as np


# ---- Question 1: Mean ----
def mean(x: np.ndarray) -> float:
    """Mean of the numbers in x, shape (N,)."""
    # BEGIN SOLUTION
    return float(x.sum() / len(x))
    # END SOLUTION


# ---- Question 2: Softmax ----
def softmax(x: np.ndarray) -> np.ndarray:
    """Softmax of each row; x has shape (N, C)."""
    # BEGIN SOLUTION
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    # END SOLUTION


# ---- Question 3: Counting ----
def count(words: list[str]) -> dict[str, int]:
    """How often each word occurs."""
    # BEGIN SOLUTION
    return {word: words.count(word) for word in words}
    # END SOLUTION

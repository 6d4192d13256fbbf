"""Lab 1, the perceptron: the first machine that learned from its mistakes, and the problem that it cannot solve."""

import numpy as np


# ---- Question 1.2: The perceptron and XOR ----
def perceptron(X: np.ndarray, y01: np.ndarray, epochs: int) -> tuple[np.ndarray, float, list[int]]:
    """Learn to tell two classes apart with Rosenblatt's rule.

    Start from w = 0 and b = 0. In each epoch go once through all samples, in the order in which they are given. The
    prediction for a sample x is 1 where x . w + b is above 0, and 0 where it is below; at exactly 0 the choice is yours
    (1, 0, or wrong whatever the label). After each wrong prediction, and before the next sample, add
    (label - prediction) * x to w and (label - prediction) to b. After a right one change nothing.

    Args:
        X: shape (N, D), float. Not changed.
        y01: shape (N,), int64, 0 or 1: the label of each sample. Not changed.
        epochs: how many epochs to run, at least 1. You may stop after one without a wrong prediction.

    Returns:
        w: shape (D,), float.
        b: a single float.
        errors: list of int: how many predictions were wrong, and so how many updates there were, in the first epoch,
            in the second, and so on. Zeros at its end may be left out.
    """
    raise NotImplementedError("Question 1.2: The perceptron and XOR")


def xor_mlp() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | float]:
    """Weights, chosen by hand, of a network with one hidden layer that computes XOR.

    Its output for rows X of two numbers, each 0 or 1, is step(step(X @ W1 + b1) @ W2 + b2): 1 where the two numbers
    differ, and 0 where they are equal. step(z) is 1 for z above 0 and 0 for z below; at exactly 0 it may be either, but
    the same everywhere, and your network need only be right with one of the two.

    Returns:
        W1: shape (2, H), float; the number H of hidden units is yours.
        b1: shape (H,), float.
        W2: shape (H,) or (H, 1), float.
        b2: a single float, or shape (1,).
    """
    raise NotImplementedError("Question 1.2: The perceptron and XOR")

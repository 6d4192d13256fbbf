"""Lab 1, reverse-mode automatic differentiation: a tensor that remembers how it was computed."""

from __future__ import annotations

import numpy as np


# ---- Question 1.8: Reverse-mode automatic differentiation ----
class Tensor:
    """An array, and how it was computed from other tensors, so that `backward` can find derivatives.

    Operators give new tensors and change none of their operands. In `a + b` and `a * b` the right operand may be a
    Tensor, a number or an array, the left one a Tensor or a number; shapes follow NumPy's broadcasting. A number or an
    array is a constant. A result requires a gradient if one of its operands does, and not otherwise.

    Attributes:
        data: float64 array, shape () for a single number.
        requires_grad: whether derivatives by this tensor are wanted.
        grad: None until `backward` reaches this tensor, then an array of the shape of `data`. Constants keep None;
            whether results of operators keep a gradient of their own is up to you. Assigning None starts afresh.
    """

    def __init__(self, data: float | list | np.ndarray, requires_grad: bool = False) -> None:
        """Make a leaf: a tensor that was not computed from others.

        Args:
            data: a number, a nested list or an array of any shape and any real dtype.
            requires_grad: whether `backward` is to fill in `grad`.
        """
        raise NotImplementedError("Question 1.8: Reverse-mode automatic differentiation")

    def __add__(self, other: Tensor | float | np.ndarray) -> Tensor:
        """`self + other`, element by element, with broadcasting."""
        raise NotImplementedError("Question 1.8: Reverse-mode automatic differentiation")

    def __radd__(self, other: float) -> Tensor:
        """`other + self`, where `other` is a number."""
        raise NotImplementedError("Question 1.8: Reverse-mode automatic differentiation")

    def __mul__(self, other: Tensor | float | np.ndarray) -> Tensor:
        """`self * other`, element by element, with broadcasting."""
        raise NotImplementedError("Question 1.8: Reverse-mode automatic differentiation")

    def __rmul__(self, other: float) -> Tensor:
        """`other * self`, where `other` is a number."""
        raise NotImplementedError("Question 1.8: Reverse-mode automatic differentiation")

    def __matmul__(self, other: Tensor | np.ndarray) -> Tensor:
        """Matrix product of shapes (N, K) and (K, M), giving (N, M)."""
        raise NotImplementedError("Question 1.8: Reverse-mode automatic differentiation")

    def relu(self) -> Tensor:
        """max(0, element), of any shape; at exactly 0 any derivative from 0 to 1 is right."""
        raise NotImplementedError("Question 1.8: Reverse-mode automatic differentiation")

    def sum(self) -> Tensor:
        """The sum over all elements, shape ()."""
        raise NotImplementedError("Question 1.8: Reverse-mode automatic differentiation")

    def backward(self) -> None:
        """Add d self / d leaf to the `grad` of every leaf that requires one; `self` is a single number, shape ().

        A tensor that was used several times gets the sum over all its uses. Each operation of the graph is gone through
        once, however many paths lead to it; a graph may be 500 operations deep. Calls may be repeated, on the same
        result or on another one that shares part of the graph: each call adds its own derivatives to the leaves, and
        nothing that an earlier call left in between counts again.
        """
        raise NotImplementedError("Question 1.8: Reverse-mode automatic differentiation")

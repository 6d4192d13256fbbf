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
        # BEGIN SOLUTION
        self.data = np.array(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad: np.ndarray | None = None
        self._sources: list[tuple] = []  # (operand, function from the gradient of this to that of the operand)
        # END SOLUTION

    def __add__(self, other: Tensor | float | np.ndarray) -> Tensor:
        """`self + other`, element by element, with broadcasting."""
        # BEGIN SOLUTION
        other = _as_tensor(other)
        return _result(
            self.data + other.data,
            (self, lambda upstream: _sum_to(upstream, self.data.shape)),
            (other, lambda upstream: _sum_to(upstream, other.data.shape)),
        )
        # END SOLUTION

    def __radd__(self, other: float) -> Tensor:
        """`other + self`, where `other` is a number."""
        # BEGIN SOLUTION
        return self + other
        # END SOLUTION

    def __mul__(self, other: Tensor | float | np.ndarray) -> Tensor:
        """`self * other`, element by element, with broadcasting."""
        # BEGIN SOLUTION
        other = _as_tensor(other)
        return _result(
            self.data * other.data,
            (self, lambda upstream: _sum_to(upstream * other.data, self.data.shape)),
            (other, lambda upstream: _sum_to(upstream * self.data, other.data.shape)),
        )
        # END SOLUTION

    def __rmul__(self, other: float) -> Tensor:
        """`other * self`, where `other` is a number."""
        # BEGIN SOLUTION
        return self * other
        # END SOLUTION

    def __matmul__(self, other: Tensor | np.ndarray) -> Tensor:
        """Matrix product of shapes (N, K) and (K, M), giving (N, M)."""
        # BEGIN SOLUTION
        other = _as_tensor(other)
        return _result(
            self.data @ other.data,
            (self, lambda upstream: upstream @ other.data.T),
            (other, lambda upstream: self.data.T @ upstream),
        )
        # END SOLUTION

    def relu(self) -> Tensor:
        """max(0, element), of any shape; at exactly 0 any derivative from 0 to 1 is right."""
        # BEGIN SOLUTION
        return _result(np.maximum(self.data, 0), (self, lambda upstream: upstream * (self.data > 0)))
        # END SOLUTION

    def sum(self) -> Tensor:
        """The sum over all elements, shape ()."""
        # BEGIN SOLUTION
        return _result(self.data.sum(), (self, lambda upstream: np.broadcast_to(upstream, self.data.shape)))
        # END SOLUTION

    def backward(self) -> None:
        """Add d self / d leaf to the `grad` of every leaf that requires one; `self` is a single number, shape ().

        A tensor that was used several times gets the sum over all its uses. Each operation of the graph is gone through
        once, however many paths lead to it; a graph may be 500 operations deep. Calls may be repeated, on the same
        result or on another one that shares part of the graph: each call adds its own derivatives to the leaves, and
        nothing that an earlier call left in between counts again.
        """
        # BEGIN SOLUTION
        # d self / d tensor by the tensor's id; complete once all uses of the tensor were gone through.
        upstream = {id(self): np.ones_like(self.data)}
        for tensor in _uses_first(self):
            gradient = upstream.pop(id(tensor))
            if not tensor._sources and tensor.requires_grad:
                # Always a new array: one gradient may be on its way to several tensors.
                tensor.grad = gradient.copy() if tensor.grad is None else tensor.grad + gradient
            for source, pull_back in tensor._sources:
                share = pull_back(gradient)
                upstream[id(source)] = upstream[id(source)] + share if id(source) in upstream else share
        # END SOLUTION


# BEGIN SOLUTION
def _as_tensor(value: Tensor | float | np.ndarray) -> Tensor:
    return value if isinstance(value, Tensor) else Tensor(value)


def _result(data: np.ndarray, *operands: tuple) -> Tensor:
    """The tensor that an operation gives; operands that need no gradient are forgotten."""
    result = Tensor(data)
    result._sources = [(operand, pull_back) for operand, pull_back in operands if operand.requires_grad]
    result.requires_grad = bool(result._sources)
    return result


def _sum_to(upstream: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Add up the gradient of a broadcast result where an operand of this shape was repeated."""
    new_axes = upstream.ndim - len(shape)
    stretched = tuple(new_axes + axis for axis, size in enumerate(shape) if size == 1)
    return upstream.sum(axis=(*range(new_axes), *stretched)).reshape(shape)


def _uses_first(root: Tensor) -> list[Tensor]:
    """Every tensor that `root` was computed from, each after all tensors that were computed from it."""
    operands_first: list[Tensor] = []
    seen: set[int] = set()
    pending = [(root, False)]
    while pending:  # a depth-first walk without recursion, so that deep graphs pass
        tensor, operands_done = pending.pop()
        if operands_done:
            operands_first.append(tensor)
        elif id(tensor) not in seen:
            seen.add(id(tensor))
            pending.append((tensor, True))
            pending.extend((source, False) for source, _ in tensor._sources)
    return operands_first[::-1]


# END SOLUTION

"""Functions that the tests of Lab 3 run beside your code, and that you may use in your own scripts.

None of them knows an answer to a question.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor


def weighted_sum(y: Tensor, weights: Tensor) -> tuple[float, Tensor]:
    """The sum of y * weights, whose gradient by `y` is `weights`: any upstream gradient can be asked for."""
    return float((y * weights).sum()), weights.clone()


def squared_error(y: Tensor, targets: Tensor) -> tuple[float, Tensor]:
    """The mean over all elements of (y - targets)^2, and its gradient by `y`; both have the same shape."""
    difference = y - targets
    return float((difference**2).mean()), 2 * difference / difference.numel()


def given_gradient(y: Tensor, gradient: Tensor) -> tuple[float, Tensor]:
    """A loss of 0 with any gradient by `y` that one wants; no value is looked at, so this works on every device."""
    return 0.0, gradient.expand_as(y)


def forward_then_backward(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    calls: Sequence[tuple[tuple[Tensor, ...], Tensor, Tensor]],
) -> tuple[list[Any], list[Any]]:
    """Run a recurrent layer forward several times, and only then all calls backward, the last one first.

    Each of `calls` is (arguments of forward, dy, dhn). Gives (y, hn) of each call, and the gradients of each.
    """
    results = [forward(*arguments) for arguments, _, _ in calls]
    pairs = list(zip(calls, results, strict=True))
    gradients = [backward(dy, dhn, cache) for (_, dy, dhn), (_, _, cache) in reversed(pairs)]
    return [(y, hn) for y, hn, _ in results], gradients[::-1]


def results_and_gradients(
    function: Callable[..., Any], arguments: Sequence[Any], upstream: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor | None]]:
    """What `function(*arguments)` gives, and where autograd gets from there.

    The arguments, and what the function gives, are tensors, other values, and tuples of these. Tensors are listed in
    the order in which they stand there; `upstream` holds the gradient of a loss by each of the results.

    Returns:
        results: the tensors that the function gave.
        gradients: the gradient of that loss by each float tensor among the arguments; None where autograd gets to none.
    """
    leaves: list[Tensor] = []
    results = _tensors(function(*_with_leaves(arguments, leaves)))
    if len(results) != len(upstream):
        raise ValueError(f"the result holds {len(results)} tensors, expected {len(upstream)}")
    for result, gradient in zip(results, upstream, strict=True):
        if result.shape != gradient.shape:
            raise ValueError(f"a result has shape {tuple(result.shape)}, expected {tuple(gradient.shape)}")
    reached = [(result, gradient) for result, gradient in zip(results, upstream, strict=True) if result.requires_grad]
    gradients: Sequence[Tensor | None] = [None] * len(leaves)
    if reached:
        outputs, weights = zip(*reached, strict=True)
        gradients = torch.autograd.grad(outputs, leaves, weights, allow_unused=True)
    return [result.detach() for result in results], list(gradients)


def _with_leaves(values: Any, leaves: list[Tensor]) -> Any:
    """The same values, where each float tensor is a new leaf, which is added to `leaves`."""
    if isinstance(values, (tuple, list)):
        return tuple(_with_leaves(value, leaves) for value in values)
    if isinstance(values, Tensor) and values.is_floating_point():
        leaves.append(values.detach().clone().requires_grad_())
        return leaves[-1]
    return values


def _tensors(values: Any) -> list[Tensor]:
    """All tensors in nested tuples, in order."""
    if isinstance(values, Tensor):
        return [values]
    return [tensor for value in values for tensor in _tensors(value)] if isinstance(values, (tuple, list)) else []


def call_each(function: Callable[..., Any], arguments: Sequence[Sequence[Any]]) -> list[Any]:
    """Call `function` once for each list of arguments and hand back all results together, after the last call."""
    return [function(*values) for values in arguments]

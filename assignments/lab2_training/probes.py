"""Functions that the tests of Lab 2 run beside your code, and that you may use in your own scripts.

None of them knows an answer to a question: they set things up, call your code, and hand back what came out.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch


def call_each(function: Callable[..., Any], arguments: Sequence[Sequence[Any]]) -> list[Any]:
    """Call `function` once for each list of arguments and hand back all results together, after the last call."""
    return [function(*values) for values in arguments]


def clip_gradients(
    clip_grad_norm: Callable[..., Any], gradients: Sequence[torch.Tensor | None], max_norm: float, once: bool = False
) -> tuple[Any, list[torch.Tensor | None], bool, bool]:
    """Clip parameters that have these gradients; where `once`, through an iterator that can be gone through once.

    Gives what the function returned, the gradients now, whether they are still the same tensors, and whether the
    parameters have kept their values.
    """
    parameters = [torch.nn.Parameter(torch.ones(2 if g is None else g.shape)) for g in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    norm = clip_grad_norm(iter(parameters) if once else parameters, max_norm)
    same = all(p.grad is g for p, g in zip(parameters, gradients, strict=True))
    kept = all(bool((p == 1).all()) for p in parameters)
    return norm, [p.grad for p in parameters], same, kept

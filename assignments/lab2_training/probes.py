"""Functions that the tests of Lab 2 run beside your code, and that you may use in your own scripts.

None of them knows an answer to a question: they set things up, call your code, and hand back what came out.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
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
    parameters = _with_gradients(gradients)
    before = [parameter.detach().clone() for parameter in parameters]
    with _without_file("torch/nn/utils/clip_grad.py", "torch.nn.utils.clip_grad_norm_ and its kin are"):
        norm = clip_grad_norm(iter(parameters) if once else parameters, max_norm)
    same = all(p.grad is gradient for p, gradient in zip(parameters, gradients, strict=True))
    kept = all(torch.equal(p, then) for p, then in zip(parameters, before, strict=True))
    return norm, [p.grad for p in parameters], same, kept


def clipped(
    clip_grad_norm: Callable[..., Any], gradients: Sequence[torch.Tensor], max_norm: float
) -> list[torch.Tensor | None]:
    """The gradients after clipping, and nothing that looks at their values."""
    parameters = _with_gradients(gradients)
    clip_grad_norm(parameters, max_norm)
    return [parameter.grad for parameter in parameters]


def _with_gradients(gradients: Sequence[torch.Tensor | None]) -> list[torch.nn.Parameter]:
    parameters = []
    for gradient in gradients:
        parameter = torch.nn.Parameter(torch.ones(2) if gradient is None else torch.ones_like(gradient))
        parameter.grad = gradient
        parameters.append(parameter)
    return parameters


@contextlib.contextmanager
def _without_file(end: str, what: str) -> Iterator[None]:
    """While the block runs, functions of the source file whose path ends like this raise when they are called."""

    def look(frame: Any, event: str, argument: Any) -> None:
        del argument
        if event == "call" and frame.f_code.co_filename.replace("\\", "/").endswith(end):
            raise RuntimeError(f"{what} not allowed in this question: write it yourself")

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)

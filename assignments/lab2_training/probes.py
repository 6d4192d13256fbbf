"""Functions that the tests of Lab 2 run beside your code, and that you may use in your own scripts.

None of them knows an answer to a question.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch


def call_each(function: Callable[..., Any], arguments: Sequence[Sequence[Any]]) -> list[Any]:
    """Call `function` once for each list of arguments and hand back all results together, after the last call."""
    return [function(*values) for values in arguments]


# ---- questions 2.4 to 2.6: normalization


def set_tensors(layer: Any, **values: torch.Tensor) -> None:
    """Write into a layer's tensors in place, by their names; they may be parameters or plain tensors."""
    with torch.no_grad():
        for name, value in values.items():
            getattr(layer, name).copy_(value)


def normalize_once(BatchNorm: Any, x: torch.Tensor) -> torch.Tensor:
    """What a new layer of x's device and dtype makes of a batch."""
    return BatchNorm(x.shape[1], device=x.device, dtype=x.dtype)(x)


def batch_norm_gradients(
    layer: Any, x: torch.Tensor, dy: torch.Tensor
) -> tuple[torch.Tensor | None, torch.Tensor | None, torch.Tensor | None, list[str]]:
    """Let autograd go back through a layer from the upstream gradient dy.

    Gives the gradients by x, gamma and beta, None where autograd found no way, and the names of the running statistics
    that require a gradient afterwards.
    """
    x = x.clone().requires_grad_()
    leaves = [x, layer.gamma.requires_grad_(), layer.beta.requires_grad_()]
    y = layer(x)
    gradients = torch.autograd.grad(y, leaves, dy, allow_unused=True) if y.requires_grad else (None, None, None)
    kept = [name for name in ("running_mean", "running_var") if getattr(layer, name).requires_grad]
    return *gradients, kept


# ---- question 2.7: optimizers


def follow(
    kind: Callable[..., Any],
    starts: Sequence[torch.Tensor],
    gradients: Sequence[Sequence[torch.Tensor | None]],
    **options: Any,
) -> tuple[list[list[torch.Tensor]], bool]:
    """Give an optimizer these gradients, one list a step.

    Gives the parameters after each step, and whether every gradient is afterwards what it was.
    """
    params = [start.clone().requires_grad_() for start in starts]
    optimizer = kind(iter(params), **options)  # params may be gone through once only
    history, kept = [], True
    for step in gradients:
        for p, gradient in zip(params, step, strict=True):
            p.grad = None if gradient is None else gradient.clone()
        optimizer.step()
        for p, gradient in zip(params, step, strict=True):
            kept &= (p.grad is None) == (gradient is None) and (gradient is None or torch.equal(p.grad, gradient))
        history.append([p.detach().clone() for p in params])
    return history, kept


def two_at_a_time(
    kind: Callable[..., Any], start: torch.Tensor, gradients: Sequence[torch.Tensor], **options: Any
) -> tuple[torch.Tensor, torch.Tensor]:
    """Two optimizers of one kind, stepping in turn on parameters of their own, the second with gradients reversed."""
    first, second = start.clone().requires_grad_(), start.clone().requires_grad_()
    optimizers = kind([first], **options), kind([second], **options)
    for ahead, back in zip(gradients, list(gradients)[::-1], strict=True):
        first.grad, second.grad = ahead.clone(), back.clone()
        for optimizer in optimizers:
            optimizer.step()
    return first.detach(), second.detach()


def one_step(kind: Callable[..., Any], start: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """A parameter after one step, for any device."""
    p = start.clone().requires_grad_()
    p.grad = gradient
    optimizer = kind([p], lr=0.1)
    optimizer.step()
    return p.detach()


def train_quadratic(kind: Callable[..., Any], steps: int, **options: Any) -> float:
    """How far an optimizer gets on a narrow valley: the loss after these steps, 1 at the start."""
    p = torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
    scale = torch.tensor([1.0, 0.02], dtype=torch.float64)
    optimizer = kind([p], **options)
    for _ in range(steps):
        p.grad = None
        (scale * p**2).sum().backward()
        optimizer.step()
    return float((scale * p.detach() ** 2).sum() / scale.sum())


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

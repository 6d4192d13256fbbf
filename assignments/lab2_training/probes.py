"""Functions that the tests of Lab 2 run beside your code, and that you may use in your own scripts.

None of them knows an answer to a question.
"""

from collections.abc import Callable, Sequence
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

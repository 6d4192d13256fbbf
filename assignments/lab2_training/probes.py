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

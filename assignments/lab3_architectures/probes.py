"""Functions that the tests of Lab 3 run beside your code, and that you may use in your own scripts.

None of them knows an answer to a question: they train your models, and call your functions one after the other.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch


def pool_and_back(
    pool: Callable[..., Any], back: Callable[..., Any], x: torch.Tensor, dout: torch.Tensor, size: Any, stride: Any
) -> tuple[torch.Tensor, torch.Tensor]:
    """What pooling gives, and its gradient by `x` for the gradient `dout` by what it gives."""
    out, cache = pool(x, size, stride)
    return out, back(dout, cache)


def pool_all_then_back(
    pool: Callable[..., Any], back: Callable[..., Any], layers: Sequence[tuple[torch.Tensor, torch.Tensor, Any, Any]]
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Several layers (x, dout, size, stride) forward, and only then all of them backward, the last one first."""
    results = [pool(x, size, stride) for x, _, size, stride in layers]
    gradients = [back(dout, cache) for (_, dout, _, _), (_, cache) in zip(layers[::-1], results[::-1], strict=True)]
    return [out for out, _ in results], gradients[::-1]

"""What clipping and the schedule should give, in float64; only hidden tests can import it."""

import math
from collections.abc import Sequence

import torch


def norm_of(gradients: Sequence[torch.Tensor]) -> float:
    """Of all elements as one vector."""
    return math.sqrt(math.fsum(value * value for g in gradients for value in g.double().flatten().tolist()))


def rate(step: int, warmup: int, total: int, base_lr: float, final_lr: float) -> float:
    """A line up to (warmup, base_lr) that is 0 one step before step 0, half a cosine down to (total, final_lr)."""
    if step < warmup:
        return base_lr - base_lr * (warmup - step) / (warmup + 1)
    if step >= total:
        return final_lr
    angle = math.pi * (step - warmup) / (total - warmup)
    return base_lr * math.cos(angle / 2) ** 2 + final_lr * math.sin(angle / 2) ** 2

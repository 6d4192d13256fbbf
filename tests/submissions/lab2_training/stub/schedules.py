"""Lab 2, how far a step may go: the norm of the gradients and the learning rate over time."""

import math
from collections.abc import Iterable

import torch


# ---- Question 2.8: Gradient clipping and a learning-rate schedule ----
def clip_grad_norm(params: Iterable[torch.Tensor], max_norm: float) -> torch.Tensor | float:
    """Scale all gradients together so that their norm is at most `max_norm`, in place.

    The norm is the Euclidean one of all gradients laid end to end as a single vector. If it is larger than `max_norm`,
    every gradient is multiplied by the same number, max_norm / norm; adding up to 1e-6 to the norm there is fine. If
    it is not larger, no gradient changes; gradients of 0 stay 0.

    "In place" means that every `.grad` stays the same tensor and gets new values. The parameters themselves do not
    change. Parameters and gradients may be on any device, all on the same one. The functions of
    `torch.nn.utils.clip_grad` (`clip_grad_norm_` and its kin) are not allowed here; all others are.

    Args:
        params: the parameters, which can perhaps be gone through only once, such as `model.parameters()`. Those whose
            `.grad` is None take no part. There may be none at all.
        max_norm: the largest norm that is allowed, above 0.

    Returns:
        The norm as it was *before* clipping, a single number or a tensor of one element; 0 without any gradient.
    """
    raise NotImplementedError("Question 2.8: Gradient clipping and a learning-rate schedule")


def cosine_with_warmup(step: int, warmup: int, total: int, base_lr: float, final_lr: float = 0.0) -> float:
    """The learning rate of a step: up in a straight line, then down half a cosine.

    In the first `warmup` steps, from step 0 on, the rate rises by equal amounts, the first of which it has at step 0,
    and the next of which would bring it to `base_lr`: it is base_lr * (step + 1) / (warmup + 1). At step `warmup` it
    is `base_lr`. From there it falls along half a period of a cosine, to `final_lr` at step `total`, and it stays there
    for all later steps. With warmup = 2, total = 6 and base_lr = 0.3, steps 0 to 7 have the rates 0.1, 0.2, 0.3, 0.256,
    0.15, 0.044, 0, 0, rounded.

    Args:
        step: the number of the step, from 0 on; it may lie beyond `total`.
        warmup: how many steps warm up, from 0 to `total`. With 0, the rate is `base_lr` at step 0.
        total: the first step that has the final rate, at least 1. If `warmup` equals `total`, the rate drops to the
            final one right after the warm-up; at that one step `base_lr` is right, too.
        base_lr: the largest rate.
        final_lr: the last rate, from 0 to `base_lr`.

    Returns:
        The rate, a number.
    """
    raise NotImplementedError("Question 2.8: Gradient clipping and a learning-rate schedule")

"""What the speed checks of Lab 2 time; `autograder bench` runs them against torch's own operations.

Every call gets new numbers. All tensors are float32, on one thread.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import probes
import torch
import torch.nn.functional as F
from torch import Tensor

from autograder.testing import CheckFailed
from autograder.workloads import Workload


def normal(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> Tensor:
    """Standard normal numbers, times `scale`."""
    generator = torch.Generator().manual_seed(int(rng.integers(1 << 62)))  # four times as fast as NumPy's
    return torch.empty(shape).normal_(0.0, scale, generator=generator)


# ---- Question 2.5: batch norm, backward


def batchnorm_inputs(rng: np.random.Generator, samples: int, features: int, side: int) -> list[Any]:
    """dy, x, gamma, the batch's mean and variance, eps, and that it is training."""
    x = normal(rng, samples, features, side, side) + normal(rng, features, 1, 1)
    mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
    return [normal(rng, samples, features, side, side), x, normal(rng, features), mean, var, 1e-5, True]


def torch_batchnorm_backward(
    dy: Tensor, x: Tensor, gamma: Tensor, mean: Tensor, var: Tensor, eps: float, train: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """torch's own, without the forward pass."""
    rstd = torch.rsqrt(var + eps)
    wanted = (True, True, True)
    return torch.ops.aten.native_batch_norm_backward(dy, x, gamma, None, None, mean, rstd, train, eps, wanted)


# ---- Question 2.6: group norm


def group_norm_inputs(rng: np.random.Generator, samples: int, channels: int, side: int, groups: int) -> list[Any]:
    """x, the number of groups, gamma and beta."""
    return [normal(rng, samples, channels, side, side), groups, normal(rng, channels), normal(rng, channels)]


def torch_group_norm(x: Tensor, groups: int, gamma: Tensor, beta: Tensor) -> Tensor:
    """torch's own."""
    return F.group_norm(x, groups, gamma, beta, 1e-5)


# ---- Question 2.7: three steps of Adam


def adam_inputs(rng: np.random.Generator, layers: int, width: int, steps: int) -> list[Any]:
    """Parameters, the gradients of each step, and a learning rate."""
    params = [normal(rng, width, width) for _ in range(layers)]
    return [params, [[normal(rng, width, width) for _ in range(layers)] for _ in range(steps)], 1e-2]


def torch_adam(params: Sequence[Tensor], gradients: Sequence[Sequence[Tensor]], lr: float) -> list[Tensor]:
    """torch's own."""
    return probes.steps_of(torch.optim.Adam, params, gradients, lr)


# ---- Question 2.10: augmentation


def augment_inputs(rng: np.random.Generator, samples: int, side: int, padding: int) -> list[Any]:
    """Pictures of middling brightness, labels, a seed, the border, and the strength of the jitter."""
    x = torch.from_numpy(0.3 + 0.4 * rng.random((samples, 3, side, side), dtype=np.float32))
    y = torch.from_numpy(rng.integers(0, 10, samples))
    return [x, y, torch.from_numpy(rng.integers(0, 1 << 30, ())), padding, 0.2]


def one_for_all(x: Tensor, y: Tensor, seed: Tensor, padding: int, strength: float) -> tuple[Tensor, Tensor]:
    """One colour, one mirroring and one crop for the whole batch: what any augmentation has to do at least."""
    del seed
    mean = x.mean(dim=(1, 2, 3), keepdim=True)
    changed = (mean + (1 + strength) * (x - mean)).clamp(0, 1).flip(-1)
    return F.pad(changed, (padding,) * 4)[..., : x.shape[2], 1 : x.shape[3] + 1].clone(), y


def judge_augment(results: Sequence[np.ndarray], inputs: Sequence[Any]) -> None:
    """Each picture is the old one with another contrast and brightness, perhaps mirrored, and moved; all drawn by lot.

    The border that comes in is black and the pictures are not, so it tells where a picture was moved to. A part of the
    pictures is looked at, which nobody knows before.
    """
    x, y, _, padding, strength = inputs
    looked_at = np.random.default_rng().permutation(len(x))[:48]
    old, new = x.numpy()[looked_at].astype(np.float64), results[0][looked_at].astype(np.float64)
    if not np.array_equal(results[1], y.numpy()):
        raise CheckFailed("the labels are not those of the pictures")
    drawn = []
    for before, after in zip(old, new, strict=True):
        top, left = _moved(after, 1, padding), _moved(after, 2, padding)
        part = after[:, max(0, -top) : after.shape[1] - max(0, top), max(0, -left) : after.shape[2] - max(0, left)]
        for flipped in (False, True):
            source = before[:, :, ::-1] if flipped else before
            rows = slice(max(0, top), source.shape[1] + min(0, top))
            columns = slice(max(0, left), source.shape[2] + min(0, left))
            away = source[:, rows, columns] - before.mean()
            contrast = float((away * (part - part.mean())).sum() / (away * (away - away.mean())).sum())
            brightness = float((part - before.mean() - contrast * away).mean())
            if np.abs(before.mean() + contrast * away + brightness - part).max() < 1e-4:  # float32, numbers up to 1
                break
        else:
            raise CheckFailed("a picture is not the old one with other colours, mirrored or not, and moved")
        if abs(contrast - 1) > strength + 1e-3 or abs(brightness) > strength + 1e-3:
            raise CheckFailed("a picture's contrast or brightness is beyond the strength")
        drawn.append((flipped, top, left, round(contrast, 4), round(brightness, 4)))
    few = len(set(drawn)) < 0.9 * len(drawn)  # two in a great many may be alike by chance
    if few or any(len(set(column)) < 2 for column in zip(*drawn, strict=True)):
        raise CheckFailed("not every picture has draws of its own")


def _moved(picture: np.ndarray, axis: int, padding: int) -> int:
    """How far a picture was moved along an axis: below 0 where black came in at the start."""
    dark = (picture == 0).all(axis=tuple(other for other in range(3) if other != axis))
    first = int(np.argmin(dark))
    last = int(np.argmin(dark[::-1]))
    if first > padding or last > padding or (first and last):
        raise CheckFailed("a picture was moved by more than the border")
    return last - first


WORKLOADS = [
    Workload(
        question="2.5",
        title="the gradients of batch norm in training, for images",
        inputs=batchnorm_inputs,
        call="batchnorm_backward",
        oracle=torch_batchnorm_backward,
        yardstick=torch_batchnorm_backward,
        yardstick_title="the backward pass of torch.nn.functional.batch_norm",
        good=2.4,
    ),
    Workload(
        question="2.6",
        title="group norm of images",
        inputs=group_norm_inputs,
        call="group_norm",
        oracle=torch_group_norm,
        yardstick=torch_group_norm,
        yardstick_title="torch.nn.functional.group_norm",
        good=2.9,
    ),
    Workload(
        question="2.7",
        title="some steps of a new Adam",
        inputs=adam_inputs,
        call=probes.steps_of,
        needs=("Adam",),
        oracle=torch_adam,
        yardstick=torch_adam,
        yardstick_title="torch.optim.Adam",
        good=0.9,
    ),
    Workload(
        question="2.10",
        title="a batch of augmented images",
        inputs=augment_inputs,
        call=probes.augment_batch,
        needs=("augment",),
        oracle=one_for_all,
        judge=judge_augment,
        yardstick=one_for_all,
        yardstick_title="one colour, one mirroring and one crop for the whole batch",
    ),
]

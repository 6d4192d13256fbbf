"""What a lab's `tests/public/speed.py` declares: the work that a speed check times.

The file holds a list `WORKLOADS`; students receive it. `tests/hidden/speed.py` may hold `ORACLES`, by question, where
an oracle would give a solution away. A workload's inputs are drawn anew for every call, in grading from secret seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from autograder import rounding


class Workload(msgspec.Struct, frozen=True):
    """One timed call.

    The call gets `needs` (or what `setup` made of them) and then the inputs, and returns arrays, tensors or numbers, or
    tuples of them.
    """

    question: str  # its id
    title: str  # what is timed, in words, e.g. "16 pictures of 16 channels, 28 x 28, with 32 filters of 3 x 3"
    inputs: Callable[..., Sequence[Any]]  # (rng, **sizes): arrays, tensors, and plain values that stay the same
    call: str | Callable[..., Any]  # a function of the student's file by name, or one of the lab's probes
    needs: tuple[str, ...] = ()  # names of the student's file that a probe gets first
    setup: Callable[..., Any] | None = None  # a probe, called once and untimed with `needs`: the call gets its result
    oracle: Callable[..., Any] | None = None  # the results, from the inputs in float64
    judge: Callable[..., None] | None = None  # (results, inputs): raises CheckFailed; the oracle then gives shapes
    yardstick: Callable[..., Any] | None = None  # of the same file, with the same inputs: what students compare with
    yardstick_title: str = ""  # e.g. "torch.nn.functional.conv2d"
    good: float | None = None  # what a good solution reaches: the reference's own ratio to the yardstick, as measured
    tolerance: float | None = None  # largest error over the largest number of a result; by its dtype if None

    def allowed(self, bits: int) -> float:
        """The tolerance of results with floats of so many bits."""
        return rounding.SPEED.get(bits, rounding.SPEED[64]) if self.tolerance is None else self.tolerance

"""How a measured ratio of times becomes a share of points; frozen values and a pure function.

A ratio is the student's time over the reference's: 1 is as fast, 2 takes twice as long.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec


class SpeedBonus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """More than full points, for being faster than the reference."""

    ratio: float  # at which all of it is earned; none of it at 1
    share: float  # of the question's points, on top of them


class SpeedCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question's speed check, as `assignment.yaml` has it: what it is worth, and which ratios earn that."""

    share: float = 0.1  # of the question's points; the tests have the rest
    full: float = 1.25  # up to this ratio all of it
    zero: float = 3.0  # from this ratio on nothing
    bonus: SpeedBonus | None = None
    device: Literal["any", "cuda"] = "any"  # "any": on the CPU; "cuda": on a GPU, and pending where there is none
    sizes: dict[str, int] = {}  # arguments of the workload's inputs
    cuda_sizes: dict[str, int] = {}  # those that differ on a GPU, which needs more work to be timed

    @property
    def needs_gpu(self) -> bool:
        """Whether it is made on a GPU alone."""
        return self.device == "cuda"

    @property
    def sizes_here(self) -> dict[str, int]:
        """The sizes on the device that it is made on."""
        return {**self.sizes, **self.cuda_sizes} if self.needs_gpu else self.sizes


class SpeedResult(msgspec.Struct, frozen=True):
    """What a speed check measured."""

    ratio: float  # median over the pairs, or the ratio of the mean times
    low: float  # the 99 % interval of the median
    high: float
    pairs: int
    device: str  # e.g. "cpu" or the GPU's name
    student_s: float  # median time of a call
    reference_s: float
    full: float  # the thresholds that judged it
    zero: float
    earned: float  # share of the speed check's points: 0 to 1, more with a bonus
    by_mean: bool = False  # judged by the mean times, since the student's own times vary too much
    took_s: float = 0.0  # the whole check


def mistake(check: SpeedCheck) -> str:
    """What is wrong with a speed check's numbers, beginning with the key; nothing if they make sense."""
    if not 0 < check.share < 1:
        return f"share: {check.share:g} is not between 0 and 1; the tests have the rest"
    if not 1 <= check.full < check.zero < math.inf:
        return f"full: {check.full:g} and zero: {check.zero:g} must be ratios with 1 <= full < zero"
    if check.bonus is not None and not (0 < check.bonus.ratio < 1 and 0 < check.bonus.share < math.inf):
        return "bonus: needs a ratio between 0 and 1, and a share above 0"
    if any(size < 1 for size in check.sizes.values()):
        return "sizes: must be 1 or more"
    if any(size < 1 for size in check.cuda_sizes.values()) or check.cuda_sizes.keys() - check.sizes.keys():
        return "cuda_sizes: must be 1 or more, each for a name that stands in sizes"
    return ""


def credit(check: SpeedCheck, low: float, high: float) -> float:
    """The share of the speed check's points, for a ratio that lies between `low` and `high`.

    The student has the benefit of the doubt: the points follow from `low`, in a straight line over the logarithm of the
    ratio from 1 at `full` to 0 at `zero`. A bonus follows from `high`, likewise between 1 and the bonus' ratio.
    """
    earned = (math.log(check.zero) - math.log(low)) / (math.log(check.zero) - math.log(check.full))
    earned = min(1.0, max(0.0, earned))
    if check.bonus is None or check.share == 0:
        return earned
    more = math.log(high) / math.log(check.bonus.ratio)
    return earned + min(1.0, max(0.0, more)) * check.bonus.share / check.share

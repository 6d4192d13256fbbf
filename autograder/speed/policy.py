"""When a check has seen enough, and what it comes to. Pure: times in, a verdict out.

Only the student's own fault costs points. Where the reference's own times scatter, the machine is too noisy, and the
check waits for another run; where only the student's do, it is run again, and then judged by the mean.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from autograder.speed.statistics import FEWEST, Interval, interval
from autograder.speed_rules import SpeedCheck, SpeedResult, credit

HOPELESS = 10.0  # times `zero`: that three windows in a row take that long is no accident
HOPELESS_PAIRS = 3


class Policy(msgspec.Struct, frozen=True):
    """How much is measured."""

    fewest_pairs: int = 15
    most_pairs: int = 150
    half_width: float = 0.03  # of the interval of the log-ratio
    budget_s: float = 8.0  # of one check, without its set-up; a slow student's goes on until there is an interval
    look_every: int = 5  # pairs between two looks: each look is a chance to stop by accident


class State(StrEnum):
    """What is known so far."""

    GO_ON = "go_on"
    MEASURED = "measured"  # narrow enough, or the points are the same anywhere in the interval
    NOISY = "noisy"  # the reference's own times scatter
    UNSTEADY = "unsteady"  # only the student's do


def look(
    policy: Policy, check: SpeedCheck, students: Sequence[float], references: Sequence[float], elapsed_s: float
) -> State:
    """Whether to go on.

    Args:
        policy: how much is measured.
        check: the thresholds.
        students: seconds of the student's windows.
        references: seconds of the reference's, pair by pair.
        elapsed_s: since the first pair.
    """
    pairs = len(students)
    if pairs >= HOPELESS_PAIRS and all(
        mine / theirs > HOPELESS * check.zero
        for mine, theirs in zip(students[-HOPELESS_PAIRS:], references[-HOPELESS_PAIRS:], strict=True)
    ):
        return State.MEASURED
    found = ratios(students, references)
    if pairs >= FEWEST and math.exp(found.low) >= check.zero:
        return State.MEASURED
    is_over = pairs >= FEWEST and (elapsed_s >= policy.budget_s or pairs >= policy.most_pairs)
    may_look = is_over or (pairs >= policy.fewest_pairs and (pairs - policy.fewest_pairs) % policy.look_every == 0)
    is_full = check.bonus is None and math.exp(found.high) <= check.full
    if may_look and (found.half_width < policy.half_width or is_full):
        return State.MEASURED
    if not is_over:
        return State.GO_ON
    own = interval([math.log(seconds) for seconds in references])
    return State.NOISY if own.half_width >= policy.half_width else State.UNSTEADY


def ratios(students: Sequence[float], references: Sequence[float]) -> Interval:
    """The logarithm of the student's time over the reference's, and its interval."""
    if not students:
        return Interval(0.0, -math.inf, math.inf)
    return interval([math.log(mine / theirs) for mine, theirs in zip(students, references, strict=True)])


def result(
    check: SpeedCheck,
    students: Sequence[float],
    references: Sequence[float],
    *,
    device: str,
    by_mean: bool = False,
    took_s: float = 0.0,
) -> SpeedResult:
    """What the times of a check come to.

    Args:
        check: the thresholds.
        students: seconds of the student's windows.
        references: seconds of the reference's, pair by pair.
        device: what it ran on.
        by_mean: whether the mean times judge, since the student's own scatter.
        took_s: the whole check.
    """
    found = ratios(students, references)
    mean = statistics.fmean(students) / statistics.fmean(references)
    low = math.exp(found.low) if math.isfinite(found.low) else min(_each(students, references))
    high = math.exp(found.high) if math.isfinite(found.high) else max(_each(students, references))
    earned = credit(check, mean, mean) if by_mean else credit(check, low, high)
    return SpeedResult(
        ratio=mean if by_mean else math.exp(found.middle),
        low=low,
        high=high,
        pairs=len(students),
        device=device,
        student_s=statistics.median(students),
        reference_s=statistics.median(references),
        full=check.full,
        zero=check.zero,
        earned=earned,
        by_mean=by_mean,
        took_s=took_s,
    )


def _each(students: Sequence[float], references: Sequence[float]) -> list[float]:
    return [mine / theirs for mine, theirs in zip(students, references, strict=True)]

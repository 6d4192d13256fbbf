"""Whether this machine, as it is now, can tell a ratio: asked once a batch for each workload, never of a student.

The reference races against itself, and against itself called twice.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

import msgspec

from autograder.speed.policy import ratios
from autograder.speed.race import Course, Runner, race
from autograder.speed_rules import SpeedCheck

SAME = (0.95, 1.05)  # the interval of a ratio of equals must lie in it
TWICE = 1.8  # what is called twice takes at least this many times as long
SLOWER = 1.5  # times its time in the preflight that the reference may take in a check
_STRICT = SpeedCheck(full=1e-9, zero=1e9)  # thresholds that never end a race early


class Preflight(msgspec.Struct, frozen=True):
    """What was found."""

    low: float  # the interval of the reference against itself
    high: float
    twice: float  # the ratio of two calls to one
    call_s: float = 0.0  # median time of the reference's call; 0: not known
    said: str = ""  # why there are no such numbers

    def slower(self, references: Sequence[float]) -> str:
        """Why a check whose reference took these times cannot be judged; empty if it can.

        What is added to every call, say the turns of another program, makes slow code look nearly as fast as the
        reference, however little the ratio scatters.
        """
        times = statistics.median(references) / self.call_s if self.call_s else 1.0
        return f"the reference takes {times:.2g} times as long as before" if times > SLOWER else ""

    @property
    def problem(self) -> str:
        """Why ratios cannot be told here; empty if they can."""
        if self.said:
            return self.said
        if not (SAME[0] <= self.low and self.high <= SAME[1]):
            return f"the reference against itself gives ratios from {self.low:.2f} to {self.high:.2f}"
        if self.twice < TWICE:
            return f"the reference called twice takes only {self.twice:.2f} times as long"
        return ""


def preflight(course: Course, one: Runner, other: Runner) -> Preflight:
    """Race two workers with the reference in them.

    Raises:
        GraderFault: the reference's results are wrong.
    """
    course = course._replace(check=msgspec.structs.replace(_STRICT, sizes=course.check.sizes), guarded=0)
    same = race(course, one, other)
    found = ratios(same.students, same.references)
    doubled = race(course._replace(times=(2, 1)), one, other)
    twice = ratios(doubled.students, doubled.references)
    call_s = statistics.median(same.references)
    return Preflight(math.exp(found.low), math.exp(found.high), math.exp(twice.middle), call_s)

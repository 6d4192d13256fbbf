"""Whether this machine, as it is now, can tell a ratio: asked once a batch for each workload, never of a student.

The reference races against itself, and against itself called twice.
"""

from __future__ import annotations

import math

import msgspec

from autograder.speed.policy import ratios
from autograder.speed.race import Course, Runner, race
from autograder.speed_rules import SpeedCheck

SAME = (0.95, 1.05)  # the interval of a ratio of equals must lie in it
TWICE = 1.8  # what is called twice takes at least this many times as long
_STRICT = SpeedCheck(full=1e-9, zero=1e9)  # thresholds that never end a race early


class Preflight(msgspec.Struct, frozen=True):
    """What was found."""

    low: float  # the interval of the reference against itself
    high: float
    twice: float  # the ratio of two calls to one
    said: str = ""  # why there are no such numbers

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
    return Preflight(math.exp(found.low), math.exp(found.high), math.exp(twice.middle))

"""Which tests tell strong students from weak ones, and how fast students' code is: over a whole class."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from autograder.model import CaseResult, Grade, Outcome
from autograder.report.figures import cases_of

SHARE = 0.27  # of the class that counts as strong and as weak: the usual share, Kelley 1939
FEWEST = 10  # students; with fewer the difference says nothing


class Strength(NamedTuple):
    """How many of the strongest and of the weakest students pass a case, 0 to 1."""

    strong: float
    weak: float

    @property
    def difference(self) -> float:
        """The discrimination index, -1 to 1: near 0 the case tells nobody apart, below 0 it needs a look."""
        return self.strong - self.weak


class Speed(NamedTuple):
    """How one speed check went for a class: ratios to the reference, above 1 is slower."""

    case: CaseResult
    median: float
    fastest: float
    slowest: float
    students: int


def strengths(grades: Sequence[Grade]) -> dict[tuple[str, str], Strength]:
    """By question and name of the case; without those that judged too few of either group.

    The strongest are the 27 % with most points, the weakest those with fewest, with everybody who has as many. Where
    these groups meet, nothing can be said.
    """
    settled = [grade for grade in grades if not grade.held_back]
    count = round(SHARE * len(settled))
    if len(settled) < FEWEST:
        return {}
    points = sorted(_tested(grade) for grade in settled)
    low, high = points[count - 1], points[-count]
    if low >= high:
        return {}
    passed: dict[tuple[str, str], list[list[int]]] = {}
    for grade in settled:
        total = _tested(grade)
        if low < total < high:
            continue
        for case in cases_of(grade):
            if case.outcome.known and case.outcome is not Outcome.SKIPPED:
                group = passed.setdefault((case.question, case.name), [[0, 0], [0, 0]])[total >= high]
                group[0] += case.outcome is Outcome.PASSED
                group[1] += 1
    return {
        key: Strength(strong[0] / strong[1], weak[0] / weak[1])
        for key, (weak, strong) in passed.items()
        if min(weak[1], strong[1]) >= FEWEST * SHARE
    }


def speeds(grades: Iterable[Grade]) -> list[Speed]:
    """Each speed check, in the order of the suite."""
    measured: dict[tuple[str, str], list[CaseResult]] = {}
    for grade in grades:
        for case in cases_of(grade):
            if case.speed is not None:
                measured.setdefault((case.question, case.name), []).append(case)
    found = []
    for cases in measured.values():
        ratios = [case.speed.ratio for case in cases if case.speed is not None]
        found.append(Speed(cases[0], statistics.median(ratios), min(ratios), max(ratios), len(ratios)))
    return found


def _tested(grade: Grade) -> float:
    """Points before deductions: who is late is not weak."""
    return sum(entry.points for entry in grade.questions)

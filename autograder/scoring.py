"""Points from outcomes, and what of them students may see; pure functions.

A question's points are shared out by the weights of its cases. What no student answers for (a fault of the grader's,
a case that must be run again) stays open instead of being lost.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

import msgspec

from autograder.errors import GraderFault
from autograder.model import (
    Assignment,
    CaseResult,
    Deduction,
    Feedback,
    FeedbackLevel,
    Grade,
    Outcome,
    Question,
    QuestionGrade,
    Visibility,
)
from autograder.rules import DAY_S, LateBase, LatePolicy, Mark, MarkKind

# These outcomes' messages name a limit or a stub: never a value of the test.
_MESSAGE_WITHOUT_VALUES = (Outcome.TIMEOUT, Outcome.OUT_OF_MEMORY, Outcome.CRASHED, Outcome.NOT_IMPLEMENTED)


def score(
    assignment: Assignment, submission_student: str, cases: Sequence[CaseResult], notes: Sequence[str] = ()
) -> Grade:
    """The grade that follows from `cases`.

    A question earns its points times the share of weight that passed; a speed check may earn a part of its own share.
    Skipped cases do not count; the share of cases whose outcome is not known yet is held back in `open_points`, and a
    question with no case that counts is open as a whole. Bonus questions add to the points, not to the maximum. Sums
    are exact (fractions) and rounded to a float once, so that all cases passed is exactly all points.

    Raises:
        GraderFault: a case belongs to no question of the assignment, or its weight is not a number above 0.
    """
    by_question: dict[str, list[CaseResult]] = {question.id: [] for question in assignment.questions}
    for case in cases:
        if case.question not in by_question:
            raise GraderFault(f'{case.name}: belongs to question "{case.question}", which {assignment.id} has not got')
        if not 0 < case.weight < float("inf"):
            raise GraderFault(f"{case.name}: its weight is {case.weight}; it must be a number above 0")
        by_question[case.question].append(case)
    questions = []
    total = total_open = Fraction()
    for question in assignment.questions:
        points, open_points = _points(question, by_question[question.id])
        total += points
        total_open += open_points
        questions.append(QuestionGrade(question, float(points), float(open_points), tuple(by_question[question.id])))
    return Grade(
        student=submission_student,
        questions=tuple(questions),
        points=float(total),
        open_points=float(total_open),
        max_points=float(sum(Fraction(question.points) for question in assignment.questions if not question.bonus)),
        notes=tuple(notes),
    )


def _points(question: Question, cases: Sequence[CaseResult]) -> tuple[Fraction, Fraction]:
    """Certain and open points of one question; those that a person gives stay open until there is a mark."""
    if question.manual:
        return Fraction(), Fraction(question.points)
    counting = [case for case in cases if case.outcome is not Outcome.SKIPPED]
    if not counting:
        return Fraction(), Fraction(question.points)
    share = Fraction(question.points) / sum(Fraction(case.weight) for case in counting)
    passed = sum(Fraction(case.weight) * Fraction(case.earned) for case in counting)
    unknown = sum(Fraction(case.weight) for case in counting if not case.outcome.known)
    return share * passed, share * unknown


def case_points(entry: QuestionGrade) -> list[tuple[CaseResult, float, float]]:
    """Each case with the points that it earned and could earn; both are 0 for one that was skipped.

    A case whose outcome is not known yet has earned nothing so far.
    """
    total = sum(Fraction(case.weight) for case in entry.cases if case.outcome is not Outcome.SKIPPED)
    shared = []
    for case in entry.cases:
        counts = case.outcome is not Outcome.SKIPPED
        most = Fraction(entry.question.points) * Fraction(case.weight) / total if counts else Fraction()
        earned = most * Fraction(case.earned) if counts else Fraction()
        shared.append((case, float(earned), float(most)))
    return shared


def visible(case: CaseResult, level: FeedbackLevel) -> CaseResult:
    """`case` as a student may see it at `level`.

    Public cases show everything, since students have their source. A hidden case shows its title and outcome at
    `name` (and the message, where it only names a limit or a stub); at `hint` also the message, the hint, the
    misconception, the student's own lines and the type of their exception, whose text may hold a value of the test; at
    `full` everything.
    """
    if case.visibility is Visibility.PUBLIC or level is FeedbackLevel.FULL:
        return case
    feedback = case.feedback
    if level is FeedbackLevel.HINT:
        shown = Feedback(
            message=feedback.message,
            hint=feedback.hint,
            misconception=feedback.misconception,
            error=_type_name(feedback.error),
            frames=feedback.frames,
        )
    elif case.outcome in _MESSAGE_WITHOUT_VALUES:
        shown = Feedback(message=feedback.message)
    else:
        shown = Feedback()
    return msgspec.structs.replace(case, feedback=shown)


def _type_name(error: str) -> str:
    """The type in `ValueError: text`; nothing where there is none, since the text may hold values."""
    match = re.match(r"[A-Za-z_][\w.]*(?=:|\s*$)", error)
    return match[0] if match else ""


# ---- what staff decided


def with_marks(grade: Grade, marks: Sequence[Mark]) -> Grade:
    """`grade` with the points that staff gave to questions; call `with_total` last.

    A question whose points staff set has nothing open, whatever its tests say.
    """
    given = {mark.question: mark for mark in marks if mark.kind is MarkKind.POINTS and mark.question}
    questions = []
    for entry in grade.questions:
        mark = given.get(entry.question.id)
        if mark is not None and mark.points is not None:
            entry = msgspec.structs.replace(entry, points=mark.points, open_points=0.0, mark=mark)
        questions.append(entry)
    return msgspec.structs.replace(
        grade,
        questions=tuple(questions),
        points=float(sum(Fraction(entry.points) for entry in questions)),
        open_points=float(sum(Fraction(entry.open_points) for entry in questions)),
        excused=any(mark.kind is MarkKind.EXCUSED and mark.excused for mark in marks),
    )


def with_total(grade: Grade, marks: Sequence[Mark]) -> Grade:
    """`grade` with the total that staff set, if they set one; then nothing is taken off it and nothing is open."""
    for mark in marks:
        if mark.kind is MarkKind.POINTS and not mark.question and mark.points is not None:
            return msgspec.structs.replace(grade, points=mark.points, open_points=0.0, deductions=(), mark=mark)
    return grade


# ---- lateness


class Lateness(msgspec.Struct, frozen=True):
    """How late a submission is, and what that costs."""

    late_s: float  # behind the due time, before grace and slip days; 0 or less is in time
    slip_days: int  # used
    share: float  # taken, 0 to 1
    reason: str  # for the student; empty if nothing is taken


def slip_days_needed(policy: LatePolicy, late_s: float) -> int:
    """Slip days that would make a submission count as in time; at most what the policy lets an assignment use."""
    if late_s <= policy.grace_s:
        return 0
    return min(policy.slip_days, math.ceil(late_s / DAY_S))


def lateness(policy: LatePolicy, due: datetime, submitted_at: datetime, slip_days: int = 0) -> Lateness:
    """What handing in at `submitted_at` costs.

    Within the grace nothing is taken; beyond it, lateness counts from the due time. Each slip day takes a day off.

    Args:
        policy: the assignment's.
        due: the student's own due time, with any extension; time-zone aware.
        submitted_at: time-zone aware.
        slip_days: that are used for this assignment.
    """
    late_s = (submitted_at - due).total_seconds()
    if late_s <= policy.grace_s:
        return Lateness(late_s, 0, 0.0, "")
    counted_s = late_s - slip_days * DAY_S
    used = f"; {_days(slip_days)} used" if slip_days else ""
    said = f"handed in {_span(late_s)} after the due time ({_date(due)}){used}"
    if counted_s <= 0:
        return Lateness(late_s, slip_days, 0.0, said)
    if policy.closes_s is not None and counted_s > policy.closes_s:
        return Lateness(late_s, slip_days, 1.0, f"{said}; nothing counts later than {_span(policy.closes_s)}")
    taken = min(policy.at_most, _penalty(policy, counted_s))
    capped = ", the most that is taken" if taken < _penalty(policy, counted_s) else ""
    base = "all points" if policy.of is LateBase.MAXIMUM else "the points earned"
    reason = f"{said}: {_percent(taken)} of {base}{capped}" if taken else ""
    return Lateness(late_s, slip_days, taken, reason)


def with_lateness(grade: Grade, policy: LatePolicy, late: Lateness) -> Grade:
    """`grade` less what lateness costs; what is still open shrinks by the same share."""
    if not late.reason:
        return grade
    share = Fraction(late.share).limit_denominator(10**9)
    base = grade.max_points if policy.of is LateBase.MAXIMUM and late.share < 1 else grade.points
    taken = min(Fraction(grade.points), share * Fraction(base))
    keeps = 1 - share if policy.of is LateBase.EARNED or late.share == 1 else Fraction(1)
    return msgspec.structs.replace(
        grade,
        points=float(Fraction(grade.points) - taken),
        open_points=float(Fraction(grade.open_points) * keeps),
        deductions=(*grade.deductions, Deduction(float(taken), late.reason)),
    )


def slip_days_used(budget: int, needed: Sequence[int]) -> list[int]:
    """How many of a course's slip days each assignment uses, in the order of their due times."""
    used = []
    for days in needed:
        used.append(min(days, budget))
        budget -= used[-1]
    return used


def _penalty(policy: LatePolicy, late_s: float) -> float:
    """The share that the policy takes for so many seconds, before its cap."""
    if not policy.curve:
        return min(1.0, policy.take * math.ceil(late_s / policy.per_s))
    points = ((0.0, 0.0), *policy.curve)
    if policy.smooth:
        for (before_s, before), (after_s, after) in itertools.pairwise(points):
            if late_s <= after_s:
                return before + (after - before) * (late_s - before_s) / (after_s - before_s)
        return points[-1][1]
    return max((share for after_s, share in points if late_s > after_s), default=0.0)


def _span(seconds: float) -> str:
    """Like "2 days 3 hours": the two largest units, rounded up to the smaller one."""
    minutes = max(1, math.ceil(seconds / 60))
    if minutes >= 24 * 60:
        hours = math.ceil(minutes / 60)
        parts = [(hours // 24, "day"), (hours % 24, "hour")]
    else:
        parts = [(minutes // 60, "hour"), (minutes % 60, "minute")]
    return " ".join(f"{many} {unit}{'s' * (many > 1)}" for many, unit in parts if many)


def _days(many: int) -> str:
    return f"{many} slip day{'s' * (many > 1)}"


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _date(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} {moment.tzname()}"

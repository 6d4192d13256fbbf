"""Speed checks as cases of a grade: gated by the tests, waiting for their run, or measured. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from autograder.model import TIMED, Assignment, CaseResult, Feedback, Grade, Outcome, Question, Visibility
from autograder.speed.verdict import Verdict
from autograder.speed_rules import SpeedCheck

WAITS = "its speed check has not been run yet"
GATED = "the speed is checked once every test of this question passes"
UNKNOWN = "the speed is checked once the outcome of every test of this question is known"
STUB = "not implemented yet"
NO_GPU = "needs a GPU, and this machine has none"
CHECK_S = 4.0  # what a check takes, until one has been measured
_TITLE = "The speed, beside the reference's."


class Queue(NamedTuple):
    """What waits to be measured."""

    checks: int
    on_gpu: int  # of them
    seconds: float  # that all of them take, as far as earlier ones tell


def with_speed(assignment: Assignment, cases: Sequence[CaseResult]) -> list[CaseResult]:
    """`cases` with one for the speed check of each question that has one and no such case yet.

    It waits for its run if every test passed, counts as failed if one did not, and as unknown if one is. A speed check
    that was measured before stands only as long as every test still passes.
    """
    by_question: dict[str, list[CaseResult]] = {question.id: [] for question in assignment.questions}
    for case in cases:
        by_question.setdefault(case.question, []).append(case)
    found: list[CaseResult] = []
    for question in assignment.questions:
        tests = [case for case in by_question[question.id] if not case.is_timed]
        timed = [case for case in by_question[question.id] if case.is_timed]
        found += tests
        if question.speed is None or not tests:
            continue
        weight = _weight(question.speed, tests)
        gate = _gate(tests)
        if gate is None and timed and timed[-1].feedback.message not in (GATED, UNKNOWN, STUB):
            found.append(msgspec.structs.replace(timed[-1], weight=weight))
        else:
            outcome, message = gate or (Outcome.PENDING, WAITS)
            found.append(_case(question, outcome, weight, Feedback(message)))
    return found


def without_speed(cases: Iterable[CaseResult]) -> list[CaseResult]:
    """The tests alone: they then share all of their question's points."""
    return [case for case in cases if not case.is_timed]


def waiting(grade: Grade) -> dict[str, bool]:
    """Questions whose speed check is to be run, and whether it is the final run: its times scattered before."""
    return {
        case.question: case.outcome is Outcome.AMBIGUOUS
        for entry in grade.questions
        for case in entry.cases
        if case.is_timed and not case.outcome.known and case.feedback.message != UNKNOWN
    }


def queue(assignment: Assignment, grades: Iterable[Grade]) -> Queue:
    """How many speed checks wait in these grades, and how long they will take: as long, each, as the mean of those that
    were measured before.
    """
    took: list[float] = []
    waits: list[str] = []
    for grade in grades:
        waits += waiting(grade)
        cases = [case for entry in grade.questions for case in entry.cases]
        took += [case.speed.took_s for case in cases if case.speed is not None]
    needing = {question.id for question in assignment.questions if question.speed and question.speed.needs_gpu}
    each = sum(took) / len(took) if took else CHECK_S
    return Queue(len(waits), sum(question in needing for question in waits), len(waits) * each)


def with_verdicts(cases: Iterable[CaseResult], verdicts: Mapping[str, Verdict]) -> list[CaseResult]:
    """`cases` with what speed checks came to, by question."""
    return [
        msgspec.structs.replace(
            case,
            outcome=verdicts[case.question].outcome,
            feedback=verdicts[case.question].feedback,
            speed=verdicts[case.question].speed,
            seconds=verdicts[case.question].speed.took_s if verdicts[case.question].speed is not None else 0.0,  # type: ignore[union-attr]
        )
        if case.is_timed and case.question in verdicts
        else case
        for case in cases
    ]


def _gate(tests: Sequence[CaseResult]) -> tuple[Outcome, str] | None:
    """Why the speed is not checked; None if it is."""
    counting = [case for case in tests if case.outcome is not Outcome.SKIPPED]
    if counting and all(case.outcome is Outcome.NOT_IMPLEMENTED for case in counting):
        return Outcome.NOT_IMPLEMENTED, STUB
    if any(case.outcome.known and case.outcome is not Outcome.PASSED for case in counting):
        return Outcome.FAILED, GATED
    if not counting or any(not case.outcome.known for case in counting):
        return Outcome.PENDING, UNKNOWN
    return None


def _weight(check: SpeedCheck, tests: Sequence[CaseResult]) -> float:
    """Beside the weights of the tests, so that the speed check has its share of the question."""
    total = sum(case.weight for case in tests if case.outcome is not Outcome.SKIPPED) or 1.0
    return check.share / (1 - check.share) * total


def _case(question: Question, outcome: Outcome, weight: float, feedback: Feedback) -> CaseResult:
    return CaseResult(
        question=question.id,
        name=f"{TIMED}{question.id}",
        title=_TITLE,
        visibility=Visibility.PUBLIC,
        outcome=outcome,
        weight=weight,
        feedback=feedback,
    )

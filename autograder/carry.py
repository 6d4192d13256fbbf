"""What of an earlier grade still holds when the suite has changed: only the rest is run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograder.gradebook import RecordedGrade
from autograder.model import Assignment, CaseResult


def questions_to_run(
    assignment: Assignment, recorded: RecordedGrade, digests: Mapping[str, str], seed: int, profile: str
) -> tuple[str, ...]:
    """Ids of the questions whose cases must be run again; none if everything that was found still holds.

    Args:
        assignment: as it is now.
        recorded: the earlier grade of the same submission.
        digests: `question_digests` now.
        seed: base of the hidden cases' random numbers now.
        profile: the hardware now.
    """
    every = tuple(question.id for question in assignment.questions)
    if recorded.seed != seed or recorded.profile != profile:
        return every
    cases = {entry.question.id: entry.cases for entry in recorded.grade.questions}
    return tuple(
        question.id
        for question in assignment.questions
        if recorded.question_digests.get(question.id) != digests[question.id]
        or not all(case.outcome.known for case in cases[question.id] if not case.is_timed)
        or not (cases[question.id] or question.manual)
    )


def merged_cases(
    assignment: Assignment, recorded: RecordedGrade | None, ran: Sequence[str], cases: Sequence[CaseResult]
) -> list[CaseResult]:
    """The new `cases` of the questions that `ran`, and the recorded ones of the others."""
    if recorded is None:
        return list(cases)
    kept = {entry.question.id: entry.cases for entry in recorded.grade.questions}
    merged = []
    for question in assignment.questions:
        if question.id in ran:
            merged += [case for case in cases if case.question == question.id]
        else:
            merged += kept.get(question.id, ())
    return merged


def taken_over(assignment: Assignment, recorded: RecordedGrade | None, ran: Sequence[str]) -> dict[str, int]:
    """By question that did not run: the attempt whose cases were taken over."""
    if recorded is None:
        return {}
    return {question.id: recorded.attempt_id for question in assignment.questions if question.id not in ran}

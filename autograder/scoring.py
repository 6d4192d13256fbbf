"""Points from outcomes, and what of them students may see; pure functions.

A question's points are shared out by the weights of its cases. What no student answers for (a fault of the grader's,
a case that must be run again) stays open instead of being lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

import msgspec

from autograder.errors import GraderFault
from autograder.model import (
    Assignment,
    CaseResult,
    Feedback,
    FeedbackLevel,
    Grade,
    Outcome,
    Question,
    QuestionGrade,
    Visibility,
)

# These outcomes' messages name a limit or a stub: never a value of the test.
_MESSAGE_WITHOUT_VALUES = (Outcome.TIMEOUT, Outcome.OUT_OF_MEMORY, Outcome.CRASHED, Outcome.NOT_IMPLEMENTED)


def score(
    assignment: Assignment, submission_student: str, cases: Sequence[CaseResult], notes: Sequence[str] = ()
) -> Grade:
    """The grade that follows from `cases`.

    A question earns its points times the share of weight that passed. Skipped cases do not count; the share of cases
    whose outcome is not known yet is held back in `open_points`, and a question with no case that counts is open as a
    whole. Bonus questions add to the points, not to the maximum. Sums are exact (fractions) and rounded to a float
    once, so that all cases passed is exactly all points.

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
    """Certain and open points of one question."""
    counting = [case for case in cases if case.outcome is not Outcome.SKIPPED]
    if not counting:
        return Fraction(), Fraction(question.points)
    share = Fraction(question.points) / sum(Fraction(case.weight) for case in counting)
    passed = sum(Fraction(case.weight) for case in counting if case.outcome is Outcome.PASSED)
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
        earned = most if case.outcome is Outcome.PASSED else Fraction()
        shared.append((case, float(earned), float(most)))
    return shared


def visible(case: CaseResult, level: FeedbackLevel) -> CaseResult:
    """`case` as a student may see it at `level`.

    Public cases show everything, since students have their source. A hidden case shows its title and outcome at
    `name` (and the message, where it only names a limit or a stub); at `hint` also the message, the hint, the
    student's own lines and the type of their exception, whose text may hold a value of the test; at `full`
    everything.
    """
    if case.visibility is Visibility.PUBLIC or level is FeedbackLevel.FULL:
        return case
    feedback = case.feedback
    if level is FeedbackLevel.HINT:
        shown = Feedback(
            message=feedback.message,
            hint=feedback.hint,
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

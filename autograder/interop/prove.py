"""Which cases a lab has, found by running its reference: what it does not pass is not handed out."""

from __future__ import annotations

import contextlib

import msgspec

from autograder.errors import ReleaseError
from autograder.grading import reference_submission
from autograder.model import Assignment, CaseResult, Outcome
from autograder.remote.workers import ProcessWorkers
from autograder.suite import Suite, with_suite
from autograder.worker.isolation import isolation


class Proven(msgspec.Struct, frozen=True):
    """A case that the reference passes; `outcome` is `skipped` where it does not count on this kind of machine."""

    name: str
    title: str
    question: str
    is_hidden: bool
    weight: float
    is_skipped: bool


def prove(assignment: Assignment) -> list[Proven]:
    """Run the reference once, in workers; every case in the order of the suite.

    Raises:
        ReleaseError: it does not pass one, or a question has no case that counts.
    """

    def run(suite: Suite) -> list[CaseResult]:
        suite.proven = frozenset(case.name for case in suite.cases)
        return list(suite.run(reference_submission(assignment)))

    workers = ProcessWorkers(assignment, isolation().grade)
    with contextlib.closing(workers):
        cases = with_suite(assignment, workers, run)
    for case in cases:
        if case.outcome not in (Outcome.PASSED, Outcome.SKIPPED):
            raise ReleaseError(
                f"{case.name}: the reference does not pass ({case.outcome}: {case.feedback.message}); mend the test or "
                "the reference before the lab goes out"
            )
    counting = {case.question for case in cases if case.outcome is Outcome.PASSED}
    for question in assignment.questions:
        if question.id not in counting:
            raise ReleaseError(
                f"{assignment.id}: question {question.id} has no test that counts here; nobody could earn it"
            )
    return [
        Proven(
            case.name,
            case.title,
            case.question,
            case.visibility == "hidden",
            case.weight,
            case.outcome is Outcome.SKIPPED,
        )
        for case in cases
    ]

"""The public tests on the student's own files, run as grading would run them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import msgspec

from autograder.model import CaseResult, Outcome, Question, Submission, Visibility
from autograder.remote.workers import InlineWorkers, PlainWorkers, ProcessWorkers, Workers, can_fork
from autograder.workspace.folder import Workspace

if TYPE_CHECKING:
    from autograder.suite import Suite

T = TypeVar("T")


class State(StrEnum):
    """Where a question stands."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_STARTED = "not started"  # every test met a stub
    BLOCKED = "blocked"  # one thing keeps every test from running, say a syntax error


class Checked(msgspec.Struct, frozen=True):
    """What the public tests said of one question."""

    question: Question
    cases: tuple[CaseResult, ...]

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return sum(case.outcome in (Outcome.PASSED, Outcome.SKIPPED) for case in self.cases)

    @property
    def failed(self) -> list[CaseResult]:
        """The tests that did not pass."""
        return [case for case in self.cases if case.outcome not in (Outcome.PASSED, Outcome.SKIPPED)]

    @property
    def state(self) -> State:
        """All of it in a word."""
        if not self.failed:
            return State.PASSED
        if all(case.outcome is Outcome.NOT_IMPLEMENTED for case in self.cases):
            return State.NOT_STARTED
        return State.BLOCKED if self.blocked_by else State.FAILED

    @property
    def blocked_by(self) -> CaseResult | None:
        """Any of the cases, where all of them ended alike before anything was tested."""
        first = self.cases[0]
        alike = all(
            case.outcome is first.outcome
            and case.feedback.message == first.feedback.message
            and case.feedback.frames == first.feedback.frames
            for case in self.cases
        )
        before = first.outcome is Outcome.ERROR and not first.feedback.error
        return first if alike and (before or first.outcome is Outcome.TIMEOUT) and len(self.cases) > 1 else None


class Checker:
    """Checks questions again and again, with the tests collected once."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        suite.proven = frozenset(case.name for case in suite.cases)  # there is no reference here to prove them

    def check(self, submission: Submission, questions: Sequence[Question]) -> Iterator[Checked]:
        """Each question as soon as it is known; those that have no public tests are left out."""
        for question in questions:
            cases = tuple(self._suite.run(submission, questions=[question.id]))
            if cases:
                yield Checked(question, cases)


def checking(
    workspace: Workspace, body: Callable[[Checker], T], *, in_process: bool = False, may_fork: bool = True
) -> T:
    """Collect the public tests and call `body` with a checker.

    Args:
        workspace: whose tests.
        body: what to do.
        in_process: run the student's code in this process: breakpoints work, limits do not.
        may_fork: whether forked workers may be used where they can be; otherwise each is a new Python process.

    Raises:
        CourseError: a test file cannot be collected.
        GraderFault: the process for the student's code cannot be started.
    """
    assignment = workspace.assignment
    forked = may_fork and can_fork()
    workers: Workers
    if in_process:
        workers = InlineWorkers(assignment, in_place=workspace.folder)
    else:  # its process starts now, and imports NumPy while pytest is imported here
        workers = (ProcessWorkers if forked else PlainWorkers)(assignment)
    from autograder.suite import with_suite

    return with_suite(assignment, workers, lambda suite: body(Checker(suite)), visibilities=(Visibility.PUBLIC,))

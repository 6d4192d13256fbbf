"""The public tests on the student's own files, run as grading would run them."""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import msgspec

from autograder.model import CaseResult, Outcome, Question, Submission, Visibility
from autograder.remote.workers import InlineWorkers, PlainWorkers, ProcessWorkers, Workers, can_fork
from autograder.workspace.folder import Workspace

if TYPE_CHECKING:
    from autograder.suite import Suite

# What `q` in the debugger, pytest's or another, and Ctrl-C raise in the student's code.
_STOPPED = re.compile(r"\b(Exit: Quitting debugger|BdbQuit|KeyboardInterrupt)\b")
_IMPORTING = "importing your file"  # what `remote.student` calls the time limit of an import

T = TypeVar("T")


class State(StrEnum):
    """Where a question stands."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_STARTED = "not started"  # every test met a stub
    BLOCKED = "blocked"  # one thing keeps every test from running, say a syntax error
    UNTESTED = "untested"  # it has no public tests; grading has hidden ones


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
        if not self.cases:
            return State.UNTESTED
        if not self.failed:
            return State.PASSED
        if all(case.outcome is Outcome.NOT_IMPLEMENTED for case in self.cases):
            return State.NOT_STARTED
        return State.BLOCKED if self.blocked_by else State.FAILED

    @property
    def blocked_by(self) -> CaseResult | None:
        """Any of the cases, where all of them ended alike before anything was tested."""
        if len(self.cases) < 2:
            return None
        first = self.cases[0]
        alike = all(
            case.outcome is first.outcome
            and case.feedback.message == first.feedback.message
            and case.feedback.frames == first.feedback.frames
            for case in self.cases
        )
        importing = first.outcome is Outcome.ERROR and not first.feedback.error
        hanging = first.outcome is Outcome.TIMEOUT and _IMPORTING in first.feedback.message
        return first if alike and (importing or hanging) else None


class Checker:
    """Checks questions again and again, with the tests collected once.

    Args:
        suite: the public tests.
        in_process: whether the student's code runs in this process, where Ctrl-C and the debugger's `q` end in it.
    """

    def __init__(self, suite: Suite, *, in_process: bool = False) -> None:
        self._suite = suite
        self._in_process = in_process
        suite.proven = frozenset(case.name for case in suite.cases)  # there is no reference here to prove them

    def check(self, submission: Submission, questions: Sequence[Question]) -> Iterator[Checked]:
        """Each question as soon as it is known.

        Raises:
            KeyboardInterrupt: the student has had enough of debugging.
        """
        for question in questions:
            cases = []
            for case in self._suite.run(submission, questions=[question.id]):
                if self._in_process and _STOPPED.search(case.feedback.error or case.feedback.message):
                    raise KeyboardInterrupt
                cases.append(case)
            yield Checked(question, tuple(cases))


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
        in_place = workspace.folder if workspace.is_read_whole() else None
        workers = InlineWorkers(assignment, in_place=in_place)
    else:  # its process starts now, and imports NumPy while pytest is imported here
        workers = (ProcessWorkers if forked else PlainWorkers)(assignment)
    try:
        from autograder.suite import with_suite

        with contextlib.ExitStack() as stack:
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")  # as in grading: students' warnings are for tests that look for them
            if in_process:
                stack.enter_context(contextlib.chdir(workspace.folder))
            return with_suite(
                assignment,
                workers,
                lambda suite: body(Checker(suite, in_process=in_process)),
                visibilities=(Visibility.PUBLIC,),
            )
    finally:
        workers.close()  # a suite does this, too, but there is none if its tests cannot be collected

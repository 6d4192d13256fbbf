"""The public tests on the student's own files, run as grading would run them."""

from __future__ import annotations

import contextlib
import itertools
import re
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import msgspec

from autograder.errors import WorkspaceError
from autograder.model import CaseResult, Feedback, Outcome, Question, Submission, Visibility
from autograder.remote.workers import InlineWorkers, PlainWorkers, ProcessWorkers, Workers, can_fork
from autograder.workspace.folder import Workspace
from autograder.workspace.state import Checked

if TYPE_CHECKING:
    from autograder.suite import Suite

# What `q` in the debugger, pytest's or another, and Ctrl-C raise in the student's code.
_STOPPED = re.compile(r"\b(Exit: Quitting debugger|BdbQuit|KeyboardInterrupt)\b")
_DEBUGGER = re.compile(r"\bBdbQuit\b")  # what breakpoint() raises where nobody can type
_TIMEOUTS = 2  # in a row, after which a question's other tests are not run: they would most likely hang as well

PICTURES = "pictures"  # the folder for what tests save for the student to look at

T = TypeVar("T")
Alive: TypeAlias = Callable[[Question, int], contextlib.AbstractContextManager[None]]


class Checker:
    """Checks questions again and again, with the tests collected once.

    Args:
        suite: the public tests.
        in_process: whether the student's code runs in this process, where Ctrl-C and the debugger's `q` end in it.
        alive: entered while a test runs, with its question and its number among the question's tests.
    """

    def __init__(self, suite: Suite, *, in_process: bool = False, alive: Alive | None = None) -> None:
        self._suite = suite
        self._in_process = in_process
        self._alive = alive or (lambda _question, _number: contextlib.nullcontext())
        suite.proven = frozenset(case.name for case in suite.cases)  # there is no reference here to prove them

    def check(
        self, submission: Submission, questions: Sequence[Question], stale: Callable[[], bool] = lambda: False
    ) -> Iterator[Checked]:
        """Each question as soon as it is known.

        Args:
            submission: whose code.
            questions: which.
            stale: asked after each test whether the submission is not what should be checked any more; that ends it.

        Raises:
            KeyboardInterrupt: the student has had enough of debugging.
        """
        for question in questions:
            cases: list[CaseResult] = []
            self._suite.pictures.clear()
            with contextlib.closing(self._cases(submission, question)) as running:
                for case in running:
                    if stale():
                        return
                    cases.append(case)
                    late = [each.outcome is Outcome.TIMEOUT for each in cases[-_TIMEOUTS:]]
                    if len(late) == _TIMEOUTS and all(late):
                        break
            count = sum(case.question.id == question.id for case in self._suite.cases)
            pictures = tuple(f"{PICTURES}/{path.name}" for path in self._suite.pictures)
            yield Checked(question, tuple(cases), pictures, count - len(cases))

    def _cases(self, submission: Submission, question: Question) -> Generator[CaseResult]:
        """Each case of a question as it ends."""
        with contextlib.closing(self._suite.run(submission, questions=[question.id])) as running:
            for number in itertools.count(1):
                with self._alive(question, number):
                    case = next(running, None)
                if case is None:
                    return
                said = case.feedback.error or case.feedback.message
                if self._in_process and _STOPPED.search(said):
                    raise KeyboardInterrupt
                yield _in_the_folder(case, question, submission)


def _in_the_folder(case: CaseResult, question: Question, submission: Submission) -> CaseResult:
    """The case in words for somebody who has not handed in yet."""
    said = case.feedback
    if _DEBUGGER.search(said.error or said.message):
        needs = f"breakpoint() needs: autograder check {question.id} --debug"
        return msgspec.structs.replace(case, feedback=Feedback(needs, frames=said.frames))
    if said.message.startswith(f"{question.file} is missing from") and question.file not in submission.files:
        what = re.sub(r" from the submission| \(found: .*\)|, and hand in .*", "", said.message)
        return msgspec.structs.replace(
            case, feedback=Feedback(f"{what}; or get the stub: autograder reset {question.file}")
        )
    return case


def checking(
    workspace: Workspace,
    body: Callable[[Checker], T],
    *,
    in_process: bool = False,
    may_fork: bool = True,
    alive: Alive | None = None,
) -> T:
    """Collect the public tests and call `body` with a checker.

    Args:
        workspace: whose tests.
        body: what to do.
        in_process: run the student's code in this process: breakpoints work, limits do not.
        may_fork: whether forked workers may be used where they can be; otherwise each is a new Python process.
        alive: entered while a test runs, to show that something does.

    Raises:
        CourseError: a test file cannot be collected.
        WorkspaceError: there are no public tests.
        GraderFault: the process for the student's code cannot be started.
    """
    assignment = workspace.assignment
    if not (workspace.folder / "tests" / "public").is_dir():
        raise WorkspaceError("tests/public is missing; put it back: autograder reset tests")
    forked = may_fork and can_fork()
    workers: Workers
    if in_process:
        in_place = workspace.folder if workspace.is_read_as_it_lies() else None
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
                lambda suite: body(Checker(suite, in_process=in_process, alive=alive)),
                visibilities=(Visibility.PUBLIC,),
                pictures=workspace.folder / PICTURES,
            )
    finally:
        workers.close()  # a suite does this, too, but there is none if its tests cannot be collected

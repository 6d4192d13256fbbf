"""A lab's suite: pytest collects it once, and the same cases run for one submission after another.

`with_suite` hands a collected `Suite` to a function, inside pytest's own session. Student code never runs in this
process: a test's `student` fixture is a worker, a fresh one for every question and after anything that broke one.
"""

from __future__ import annotations

import os
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
import pytest

from autograder.errors import CourseError, GraderFault
from autograder.feedback import Ran, explain
from autograder.model import (
    Assignment,
    CaseResult,
    Feedback,
    Limits,
    Outcome,
    Question,
    Submission,
    Visibility,
)
from autograder.remote import Student, WorkerBroke
from autograder.remote.workers import Workers

T = TypeVar("T")

_ARGUMENTS = [
    "--import-mode=importlib",
    "--strict-markers",
    "--capture=no",  # workers' output has pipes of its own
    "--tb=native",
    *("-pno:" + name for name in ("cacheprovider", "terminalreporter", "faulthandler", "logging", "warnings")),
    *("-pno:" + name for name in ("unraisableexception", "threadexception", "junitxml", "pastebin", "stepwise")),
]
_MARKERS = (
    "question(id): the question that a test belongs to",
    "hint(text): what to do next when the test does not pass",
    "weight(value): the test's share of the question's points, relative to the others",
    "limits(**values): limits of the test's own",
)


class Case(msgspec.Struct, frozen=True):
    """One collected test."""

    item: Any  # pytest.Item
    name: str  # e.g. "hidden/test_losses.py::test_large_logits"
    title: str
    question: Question
    visibility: Visibility
    weight: float
    hint: str
    limits: Limits


class Suite:
    """The collected cases of one assignment.

    Args:
        assignment: whose.
        cases: in the order in which they run: by question, public ones first.
        workers: where students come from.
        seed: base of the hidden cases' random numbers; the public ones are the same everywhere.
    """

    def __init__(self, assignment: Assignment, cases: Sequence[Case], workers: Workers, seed: int) -> None:
        self.assignment = assignment
        self.cases = tuple(cases)
        self.proven: frozenset[str] = frozenset()  # names of the cases that the reference passes
        self._workers = workers
        self._seed = seed
        self._submission = Submission("")
        self._case: Case | None = None
        self._student: Student | None = None
        self._student_key: object = None
        self._import_broke: dict[str, WorkerBroke] = {}
        self._problem: BaseException | None = None

    def prove(self, reference: Submission) -> dict[str, str]:
        """Run the reference: the cases it does not pass are the grader's fault for everybody.

        Returns: what is wrong, by the name of the case; empty where the suite and the reference agree.
        """
        self.proven = frozenset(case.name for case in self.cases)
        results = list(self.run(reference))
        broken = {
            result.name: f"{result.outcome}: {result.feedback.message} {result.feedback.detail}".strip()
            for result in results
            if result.outcome not in (Outcome.PASSED, Outcome.SKIPPED, Outcome.PENDING)
        }
        self.proven -= broken.keys()
        return broken

    def run(self, submission: Submission) -> Iterator[CaseResult]:
        """Run every case; each result comes as soon as it is known."""
        if submission.problem:
            for case in self.cases:
                yield _result(case, Outcome.ERROR, Feedback(submission.problem), 0.0)
            return
        self._submission = submission
        self._import_broke.clear()
        try:
            for case in self.cases:
                yield self._run_case(case)
        finally:
            self._end_student()

    def close(self) -> None:
        """End all workers."""
        self._end_student()
        self._workers.close()

    # ---- one case

    def _run_case(self, case: Case) -> CaseResult:
        self._case, self._problem = case, None
        case.item.session.testsfailed = 0
        started = time.monotonic()
        case.item.config.hook.pytest_runtest_protocol(item=case.item, nextitem=None)
        output = self._take_output()
        seconds = time.monotonic() - started
        if self._problem is None:
            return _result(case, Outcome.PASSED, Feedback(output=output), seconds)
        if isinstance(self._problem, pytest.skip.Exception):
            return _result(case, Outcome.SKIPPED, Feedback(str(self._problem)), seconds)
        notes = self._student.load_notes if self._student is not None else ()
        ran = Ran(self._submission, case.question, case.limits, notes)
        outcome, feedback = explain(self._problem, ran, proven=case.name in self.proven)
        if case.name not in self.proven and outcome is not Outcome.GRADER_ERROR:
            message = "the reference does not pass this test, so it judges nobody"
            outcome, feedback = Outcome.GRADER_ERROR, Feedback(message, detail=feedback.message)
        return _result(case, outcome, msgspec.structs.replace(feedback, hint=case.hint, output=output), seconds)

    def _take_output(self) -> str:
        try:
            return self._student.link.take_output() if self._student is not None else ""
        except WorkerBroke as problem:  # it printed more than it may, after its last answer
            self._problem = self._problem or problem
            if self._student is not None:
                self._student.link.close()
            return ""

    def note(self, problem: BaseException) -> None:
        """Remember the first exception of the running case; pytest's hooks call this."""
        self._problem = self._problem or problem

    def student(self) -> Student:
        """The student for the running case: the question's worker, or a fresh one."""
        case = self._case
        assert case is not None  # noqa: S101 - fixtures run inside a case
        if case.question.id in self._import_broke:
            raise self._import_broke[case.question.id]
        key = (case.question.id, msgspec.structs.replace(case.limits, seconds=0.0))
        if self._student is None or self._student.broken or self._student_key != key:
            self._end_student()
            self._student, self._student_key = self._workers.start(self._submission, case.limits), key
            try:
                self._workers.open(self._student, self._submission, case.question, self._seed)
            except WorkerBroke as problem:
                self._import_broke[case.question.id] = problem
                raise
        self._student.link.allow(case.limits.seconds, "one test")
        return self._student

    def rng(self) -> np.random.Generator:
        """The generator of the running case: a public case draws the same numbers everywhere."""
        assert self._case is not None  # noqa: S101
        base = self._seed if self._case.visibility is Visibility.HIDDEN else 0
        return np.random.default_rng([base, zlib.crc32(self._case.name.encode())])

    def _end_student(self) -> None:
        if self._student is not None:
            self._workers.end(self._student)
        self._student = self._student_key = None


def with_suite(
    assignment: Assignment,
    workers: Workers,
    body: Callable[[Suite], T],
    *,
    seed: int | None = None,
    visibilities: Sequence[Visibility] = (Visibility.PUBLIC, Visibility.HIDDEN),
) -> T:
    """Collect the assignment's tests once and call `body` with them, inside pytest's session.

    Raises:
        CourseError: a test file cannot be collected, or a test lacks what it needs.
    """
    folders = {assignment.folder / "tests" / visibility: visibility for visibility in visibilities}
    plugin = _Plugin(assignment, folders, workers, body, assignment.seed if seed is None else seed)
    paths = [str(folder) for folder in folders if folder.is_dir()]
    if not paths:
        raise CourseError(f"{assignment.folder}: no tests/public and no tests/hidden")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    # Only the tests' own folders: what they import by bare name are probes.py and, for hidden ones, oracles.py.
    added = [str(assignment.folder), *paths]
    sys.path[:0] = added
    arguments = [*_ARGUMENTS, f"--rootdir={assignment.folder}", f"-c{Path(__file__).with_name('suite.ini')}", *paths]
    try:
        pytest.main(arguments, plugins=[plugin])
    finally:
        for path in added:
            sys.path.remove(path)
    if plugin.problem is not None:
        raise plugin.problem
    if not plugin.results:
        raise GraderFault(f"pytest did not run the suite of {assignment.id}")
    result: T = plugin.results[0]
    return result


class _Plugin:
    """What pytest calls."""

    def __init__(
        self,
        assignment: Assignment,
        folders: dict[Path, Visibility],
        workers: Workers,
        body: Callable[[Suite], Any],
        seed: int,
    ) -> None:
        self._assignment = assignment
        self._folders = folders
        self._workers = workers
        self._seed = seed
        self._body = body
        self._suite: Suite | None = None
        self.results: list[Any] = []
        self.problem: BaseException | None = None

    def pytest_configure(self, config: pytest.Config) -> None:
        for line in _MARKERS:
            config.addinivalue_line("markers", line)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and self.problem is None:
            text = report.longreprtext.strip().splitlines()
            self.problem = CourseError(f"{report.nodeid} cannot be collected: {text[-1] if text else 'unknown'}")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        try:
            if self.problem is None:
                cases = sorted(map(self._case, session.items), key=self._order)
                self._suite = Suite(self._assignment, cases, self._workers, self._seed)
                self.results.append(self._body(self._suite))
        except BaseException as problem:  # pytest would turn it into an exit code
            self.problem = problem
        finally:
            if self._suite is not None:
                self._suite.close()
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Keep the exception, and spare pytest the formatting of a traceback that nobody reads."""
        outcome: Any = "passed"
        if call.excinfo is not None and self._suite is not None:
            outcome = "failed"
            self._suite.note(call.excinfo.value)
        when: Any = call.when
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, when, duration=call.duration)

    @pytest.fixture
    def student(self) -> Student:
        """The submission, over the wire."""
        return self._running().student()

    @pytest.fixture
    def rng(self) -> np.random.Generator:
        """A generator of the test's own, the same for every submission."""
        return self._running().rng()

    @pytest.fixture
    def data_dir(self) -> Path:
        """The folder with the lab's data."""
        return self._assignment.folder / "data"

    def _running(self) -> Suite:
        assert self._suite is not None  # noqa: S101 - fixtures run inside a case
        return self._suite

    def _case(self, item: pytest.Item) -> Case:
        folder, visibility = next((f, v) for f, v in self._folders.items() if item.path.is_relative_to(f))
        name = f"{visibility}/{item.path.relative_to(folder).as_posix()}::{item.name}"
        mark = item.get_closest_marker("question")
        if mark is None or not mark.args:
            raise CourseError(f"{name}: belongs to no question; mark it with @question")
        try:
            question = self._assignment.question(mark.args[0])
        except KeyError:
            raise CourseError(f"{name}: {self._assignment.id} has no question {mark.args[0]!r}") from None
        if "student" not in getattr(item, "fixturenames", ()):
            raise CourseError(f"{name}: does not use the `student` fixture, so nothing of a submission could fail it")
        document = (getattr(item, "obj", None).__doc__ or "").strip()
        if not document:
            raise CourseError(f"{name}: has no docstring; its first line is what students read")
        title = document.splitlines()[0]
        callspec = getattr(item, "callspec", None)
        if callspec is not None:
            title = f"{title.rstrip('.')} [{callspec.id}]"
        weight = _argument(item, "weight", 1.0)
        if not weight > 0:
            raise CourseError(f"{name}: a weight must be positive")
        return Case(
            item, name, title, question, visibility, float(weight), _argument(item, "hint", ""), _limits(item, question)
        )

    def _order(self, case: Case) -> tuple[int, bool]:
        return self._assignment.questions.index(case.question), case.visibility is Visibility.HIDDEN


def _argument(item: pytest.Item, marker: str, default: Any) -> Any:
    mark = item.get_closest_marker(marker)
    return mark.args[0] if mark is not None and mark.args else default


def _limits(item: pytest.Item, question: Question) -> Limits:
    mark = item.get_closest_marker("limits")
    try:
        return msgspec.structs.replace(question.limits, **(mark.kwargs if mark is not None else {}))
    except TypeError as problem:
        raise CourseError(f"{item.name}: {problem}") from None


def _result(case: Case, outcome: Outcome, feedback: Feedback, seconds: float) -> CaseResult:
    return CaseResult(
        question=case.question.id,
        name=case.name,
        title=case.title,
        visibility=case.visibility,
        outcome=outcome,
        weight=case.weight,
        seconds=seconds,
        feedback=feedback,
    )

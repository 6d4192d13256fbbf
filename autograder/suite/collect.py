"""pytest collects a lab's tests once, checks that each can judge, and hands them on as a `Suite`."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
import pytest

from autograder.errors import CourseError, GraderFault
from autograder.model import Assignment, Limits, Question, Visibility
from autograder.remote import Student, WorkerBroke
from autograder.remote.workers import Workers
from autograder.suite.pictures import Pictures
from autograder.suite.runner import Case, Suite

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


def with_suite(
    assignment: Assignment,
    workers: Workers,
    body: Callable[[Suite], T],
    *,
    seed: int | None = None,
    visibilities: Sequence[Visibility] = (Visibility.PUBLIC, Visibility.HIDDEN),
    pictures: Path | None = None,
) -> T:
    """Collect the assignment's tests once and call `body` with them, inside pytest's session.

    Args:
        assignment: whose tests.
        workers: where students come from.
        body: what to do with the suite.
        seed: base of the hidden cases' random numbers; the assignment's own if None.
        visibilities: which tests.
        pictures: the folder for pictures that tests save; none are saved if None.

    Raises:
        CourseError: a test file cannot be collected, or a test lacks what it needs.
    """
    folders = {assignment.folder / "tests" / visibility: visibility for visibility in visibilities}
    seed = assignment.seed if seed is None else seed
    plugin = _Plugin(assignment, folders, workers, body, seed, Pictures(pictures))
    paths = [str(folder) for folder in folders if folder.is_dir()]
    if not paths:
        raise CourseError(f"{assignment.folder}: no tests/public and no tests/hidden")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    # Only the tests' own folders: what they import by bare name are probes.py and, for hidden ones, oracles.py.
    added = [str(assignment.folder), *paths]
    sys.path[:0] = added
    arguments = [*_ARGUMENTS, f"--rootdir={assignment.folder}", f"-c{Path(__file__).with_name('pytest.ini')}", *paths]
    try:
        pytest.main(arguments, plugins=[plugin])
    finally:
        for path in added:
            sys.path.remove(path)
        _forget_modules(assignment.folder)
    if plugin.problem is not None:
        raise plugin.problem
    if not plugin.results:
        raise GraderFault(f"pytest did not run the suite of {assignment.id}")
    result: T = plugin.results[0]
    return result


def _forget_modules(folder: Path) -> None:
    """Let another suite in this process import its own modules, which may have the same names."""
    inside = f"{folder}{os.sep}"
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(inside):
            del sys.modules[name]


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Keep torch on this side to one thread, as workers are, while the block runs: its threads get in their way."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class _Plugin:
    """What pytest calls."""

    def __init__(
        self,
        assignment: Assignment,
        folders: dict[Path, Visibility],
        workers: Workers,
        body: Callable[[Suite], Any],
        seed: int,
        pictures: Pictures,
    ) -> None:
        self._pictures = pictures
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
            last = text[-1].removeprefix("E").strip() if text else "unknown"
            self.problem = CourseError(f"{report.nodeid} cannot be collected: {last}")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        try:
            if self.problem is None:
                cases = sorted(map(self._case, session.items), key=self._order)
                self._suite = Suite(self._assignment, cases, self._workers, self._seed)
                self._suite.pictures = self._pictures.saved
                with _one_thread():
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
            self._suite.note(call.excinfo.value, call.when)
        when: Any = call.when
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, when, duration=call.duration)

    @pytest.fixture
    def student(self) -> Student:
        """The submission, over the wire."""
        try:
            return self._running().student()
        except WorkerBroke as problem:  # pytest does not clean up after a fixture that raises a BaseException
            self._running().note(problem)
            pytest.fail("the worker broke", pytrace=False)

    @pytest.fixture
    def rng(self) -> np.random.Generator:
        """A generator of the test's own, the same for every submission."""
        return self._running().rng()

    @pytest.fixture
    def data_dir(self) -> Path:
        """The folder with the lab's data."""
        return self._assignment.folder / "data"

    @pytest.fixture
    def pictures(self) -> Pictures:
        """Saves pictures for the student to look at."""
        return self._pictures

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

"""The cases of a suite, run for one submission after another.

Student code never runs in this process: a case's `student` is a worker, a fresh one for every question and after
anything that broke one.
"""

from __future__ import annotations

import re
import time
import traceback
import zlib
from collections.abc import Collection, Generator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from autograder.errors import GraderFault
from autograder.feedback import Ran, explain
from autograder.headings import sections
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
from autograder.remote import Student, StudentError, WorkerBroke, broke_device
from autograder.remote.workers import Workers
from autograder.testing import CheckFailed

WORKER_SEED = 0  # of the global generators beside the student's code: the same in a self-check and in grading


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
        self.pictures: list[Path] = []  # that tests have saved
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

    @property
    def problem(self) -> BaseException | None:
        """The exception that the last case ended with; None if it passed."""
        return self._problem

    def run(
        self,
        submission: Submission,
        seed: int | None = None,
        questions: Collection[str] | None = None,
        names: Sequence[str] | None = None,
    ) -> Generator[CaseResult]:
        """Run every case; each result comes as soon as it is known.

        Args:
            submission: whose code.
            seed: base of the hidden cases' random numbers in this run and later ones, if not None.
            questions: ids of the questions to run; all if None.
            names: of the cases to run, in this order; all if None.
        """
        self._seed = self._seed if seed is None else seed
        cases = [case for case in self.cases if questions is None or case.question.id in questions]
        if names is not None:
            by_name = {case.name: case for case in cases}
            cases = [by_name[name] for name in names if name in by_name]
        if submission.problem:
            for case in cases:
                yield _result(case, Outcome.ERROR, Feedback(submission.problem), 0.0)
            return
        self._submission = submission
        self._import_broke.clear()
        try:
            for case in cases:
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
        if self._student is not None:
            self._student.take_back_changes()
        output = self._take_output()
        seconds = time.monotonic() - started
        if self._problem is None:
            return _result(case, Outcome.PASSED, Feedback(output=output), seconds)
        if isinstance(self._problem, pytest.skip.Exception):
            return _result(case, Outcome.SKIPPED, Feedback(str(self._problem)), seconds)
        notes = self._student.load_notes if self._student is not None else ()
        if broke_device(self._problem):
            self._end_student()  # the next case has a worker with a context of its own
        ran = Ran(self._submission, case.question, case.limits, notes, self._asked(case.question))
        outcome, feedback = explain(self._problem, ran, proven=case.name in self.proven)
        if case.name not in self.proven and outcome is not Outcome.GRADER_ERROR:
            message = "the reference does not pass this test, so it judges nobody"
            outcome, feedback = Outcome.GRADER_ERROR, Feedback(message, detail=feedback.message)
        place = self.place(self._problem) if case.visibility is Visibility.PUBLIC else ""
        hint = "" if self._failed_to_load(case.question) else case.hint
        feedback = msgspec.structs.replace(feedback, hint=hint, output=output, test=place)
        return _result(case, outcome, feedback, seconds)

    def _failed_to_load(self, question: Question) -> bool:
        """Whether the question's file could not be imported: a test's own hint has nothing to say about that."""
        problem = self._problem
        if isinstance(problem, StudentError):
            return problem.stage == "import"
        return isinstance(problem, WorkerBroke) and problem is self._import_broke.get(question.id)

    def _asked(self, question: Question) -> tuple[str, ...]:
        """The functions and classes that students get as stubs for a question; none where no template lies here."""
        file = self.assignment.template / question.file
        if not file.is_file():
            return ()
        stubs = "".join(part.text for part in sections(file.read_text("utf-8")) if part.question_id == question.id)
        return tuple(re.findall(r"^(?:def|class) (\w+)", stubs, re.MULTILINE))

    def place(self, problem: BaseException) -> str:
        """The innermost line of the suite that the exception left, below the assignment's folder."""
        found = ""
        for frame, line in traceback.walk_tb(problem.__traceback__):
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(self.assignment.folder / "tests"):
                found = f"{path.relative_to(self.assignment.folder).as_posix()}:{line}"
        return found

    def _take_output(self) -> str:
        try:
            return self._student.link.take_output() if self._student is not None else ""
        except WorkerBroke as problem:  # it printed more than it may, after its last answer
            self._problem = self._problem or problem
            if self._student is not None:
                self._student.link.close()
            return ""

    def note(self, problem: BaseException, when: str = "call") -> None:
        """Remember the first exception of the running case; pytest's hooks call this.

        Set-up and tear-down are the suite's own: what fails there is the grader's fault, unless it is the student's
        code that raised or broke its worker.
        """
        if when != "call" and not isinstance(problem, StudentError | WorkerBroke | pytest.skip.Exception):
            problem = GraderFault(f"{when} of the test: {type(problem).__name__}: {problem}")
        elif isinstance(problem, pytest.fail.Exception):  # pytest.fail, or pytest.raises that saw no exception
            message = "should have raised an exception, and did not" if "DID NOT RAISE" in str(problem) else ""
            problem = CheckFailed(message or "the check does not hold", str(problem)).with_traceback(
                problem.__traceback__
            )
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
                self._workers.open(self._student, self._submission, case.question, WORKER_SEED)
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

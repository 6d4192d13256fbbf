"""The ratio of every known right variant to the reference: an author sees whether the thresholds tell them apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from autograder.course import reference_files
from autograder.model import Assignment, Submission
from autograder.remote import StudentError, WorkerBroke
from autograder.speed.cases import NO_GPU
from autograder.speed.checker import UNSETTLED, Checker
from autograder.speed.load import load_workloads, workload_file
from autograder.speed.policy import Policy, ratios, result
from autograder.speed.race import Times, WrongResult
from autograder.speed.racer import NotSettled, RanWhileStopped
from autograder.variants import load_equivalents
from autograder.worker.messages import Gpu

YARDSTICK = "yardstick"


class Row(NamedTuple):
    """One thing that raced against the reference."""

    question: str
    name: str  # "reference", "yardstick" with its title, or the variant's
    ratio: float
    low: float
    high: float
    pairs: int
    earned: float | None  # share of the speed check's points; None for a yardstick
    reference_s: float
    problem: str = ""  # why there is no ratio
    empties: float = math.nan  # how many empty calls, which are left out, the reference's call is worth

    def plain(self) -> dict[str, Any]:
        """The same as plain data; what there is not is None."""
        return {name: None if value != value else value for name, value in self._asdict().items()}


def rows(
    assignment: Assignment,
    questions: Sequence[str],
    sandbox: str,
    policy: Policy | None = None,
    gpu: Gpu | None = None,
) -> Iterator[Row]:
    """A row for the reference itself, the yardstick and every equivalent of each question.

    Args:
        assignment: whose.
        questions: their ids.
        sandbox: the grade of isolation.
        policy: how much is measured.
        gpu: for checks that need one; without it there is a problem in place of their ratios.
    """
    workloads = load_workloads(assignment)
    reference = Submission("reference", reference_files(assignment))
    checker = Checker(assignment, workloads, sandbox, reference, policy, gpu)
    try:
        for question_id in questions:
            question = assignment.question(question_id)
            file = question.file
            if gpu is None and question.speed is not None and question.speed.needs_gpu:
                yield Row(question_id, "reference", math.nan, math.nan, math.nan, 0, None, math.nan, NO_GPU)
                continue
            row = _row(checker, assignment, question_id, "reference", reference)
            empty_s, call_s = (math.nan, math.nan) if row.problem else checker.empty_s(question_id)
            yield row._replace(empties=call_s / empty_s)
            work = workloads[question_id]
            if work.yardstick is not None:
                own = yardstick_submission(assignment, question_id)
                yield _row(checker, assignment, question_id, YARDSTICK, own, work.yardstick.__name__)
            for name, source in load_equivalents(assignment, question_id).items():
                variant = Submission(name, {**reference.files, file: source.encode()})
                yield _row(checker, assignment, question_id, name, variant)
    finally:
        checker.close()


def yardstick_submission(assignment: Assignment, question_id: str) -> Submission:
    """The speed file in the place of the question's file, so that its yardstick can be called like a student's."""
    return Submission(YARDSTICK, {assignment.question(question_id).file: workload_file(assignment).read_bytes()})


def _row(
    checker: Checker, assignment: Assignment, question_id: str, name: str, submission: Submission, call: str = ""
) -> Row:
    check = assignment.question(question_id).speed
    assert check is not None  # noqa: S101 - the caller has picked a question with one
    try:
        times: Times = checker.times(submission, question_id, call)
    except NotSettled:
        return Row(question_id, name, math.nan, math.nan, math.nan, 0, None, math.nan, UNSETTLED)
    except (WrongResult, StudentError, WorkerBroke, RanWhileStopped) as problem:
        return Row(question_id, name, math.nan, math.nan, math.nan, 0, None, math.nan, str(problem) or "ran on")
    found = result(check, times.students, times.references, device="cpu")
    middle = math.exp(ratios(times.students, times.references).middle)
    earned = None if call else found.earned
    return Row(question_id, name, middle, found.low, found.high, found.pairs, earned, found.reference_s)

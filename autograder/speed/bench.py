"""A student's own speed check: the same protocol, against a yardstick that everybody may see."""

from __future__ import annotations

from typing import NamedTuple

from autograder.model import Assignment, Submission
from autograder.remote import StudentError, WorkerBroke
from autograder.remote.workers import can_fork
from autograder.speed.cases import NO_GPU
from autograder.speed.checker import UNSETTLED, Checker
from autograder.speed.load import load_workloads, workload_file
from autograder.speed.policy import Policy, State, result
from autograder.speed.race import WrongResult
from autograder.speed.racer import NotSettled, RanWhileStopped
from autograder.speed_rules import SpeedResult
from autograder.worker import gpus
from autograder.worker.messages import Grade
from autograder.workloads import Workload

POLICY = Policy(budget_s=6.0, most_pairs=45)


class Benched(NamedTuple):
    """What came of one question."""

    workload: Workload
    result: SpeedResult | None  # its ratio is the student's time over the yardstick's
    is_noisy: bool = False  # the yardstick's own times scatter
    problem: str = ""  # why there is no result


def bench(assignment: Assignment, submission: Submission, question_id: str) -> Benched:
    """Race a student's code against the question's yardstick.

    Raises:
        CourseError: the speed file cannot be loaded, or has nothing on this question.
        GraderFault: the yardstick fails.
    """
    workloads = load_workloads(assignment, may_lack_oracles=True)
    work, question = workloads[question_id], assignment.question(question_id)
    assert question.speed is not None  # noqa: S101 - a workload belongs to a speed check
    if work.yardstick is None or not can_fork():
        why = "has no yardstick" if work.yardstick is None else "needs Linux: elsewhere a process cannot be stopped so"
        return Benched(work, None, problem=why)
    gpu = gpus.find() if question.speed.needs_gpu else None
    if question.speed.needs_gpu and gpu is None:
        return Benched(work, None, problem=NO_GPU)
    yardstick = Submission("yardstick", {question.file: workload_file(assignment).read_bytes()})
    checker = Checker(assignment, workloads, Grade.LIMITS.value, yardstick, POLICY, gpu, yardstick=True)
    try:
        times = checker.times(submission, question_id)
    except NotSettled:
        return Benched(work, None, problem=UNSETTLED)
    except (StudentError, WrongResult, RanWhileStopped) as problem:
        return Benched(work, None, problem=str(problem) or "your code ran on in the background")
    except WorkerBroke as problem:
        return Benched(work, None, problem=f"your code {problem.message}")
    finally:
        checker.close()
    device = "cpu" if gpu is None else gpus.described(gpu)
    found = result(question.speed, times.students, times.references, device=device, took_s=times.took_s)
    return Benched(work, found, is_noisy=times.state is State.NOISY)

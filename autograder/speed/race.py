"""Pairs of windows: the same fresh inputs for both sides, in random order, every result checked after it was timed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from autograder.errors import GraderFault
from autograder.remote import StudentError, WorkerBroke, broke_device
from autograder.speed.memory import Array, as_array, is_array, leaves
from autograder.speed.policy import Policy, State, look
from autograder.speed.racer import Window
from autograder.speed_rules import SpeedCheck
from autograder.testing import CheckFailed
from autograder.workloads import Workload

GUARDED = 2  # windows of each race in which forbidden operations are looked for, at places drawn by lot
WARM_UP = 2  # pairs before the first that counts: caches fill, memory is found


class Runner(Protocol):
    """One side of a race."""

    def window(self, inputs: Sequence[Any], *, times: int = 1, guarded: bool = False) -> Window:
        """One timed call on these inputs."""

    def rest(self) -> None:
        """Look whether it stayed stopped while the other side ran."""


class WrongResult(Exception):
    """The student's result is not right; the message says how."""


class DeviceLost(GraderFault):
    """The reference met a GPU without memory or with a broken context: another worker may find it well."""


class Times(NamedTuple):
    """What was measured, pair by pair, in seconds."""

    state: State
    students: list[float]
    references: list[float]
    took_s: float


class Course(NamedTuple):
    """What is run: a workload, its thresholds, how much is measured, and where randomness and time come from."""

    workload: Workload
    check: SpeedCheck
    policy: Policy
    rng: np.random.Generator  # secret
    guarded: int = GUARDED
    clock: Callable[[], float] = time.monotonic
    times: tuple[int, int] = (1, 1)  # how often each side calls in a window
    judged: tuple[bool, bool] = (True, True)  # whose results are looked at: a yardstick may compute less
    device: str = "cpu"  # where the oracle computes


def race(course: Course, student: Runner, reference: Runner) -> Times:
    """Measure pair by pair until enough is known.

    Raises:
        WrongResult: the student's result is wrong.
        GraderFault: the reference's is.
        StudentError, WorkerBroke: what the student's code does.
    """
    lot = random.Random(int(course.rng.integers(1 << 62)))  # noqa: S311 - seeded with what nobody outside knows
    guarded_at = set(lot.sample(range(course.policy.fewest_pairs), course.guarded))
    students: list[float] = []
    references: list[float] = []
    for _ in range(WARM_UP):
        _pair(course, student, reference, lot)
    started = course.clock()
    while True:
        if len(students) in guarded_at:
            guarded_at.discard(len(students))
            inputs, expected = draw(course)
            judge(course.workload, student.window(inputs, guarded=True).results, inputs, expected)
        mine, theirs = _pair(course, student, reference, lot)
        students.append(mine)
        references.append(theirs)
        took_s = course.clock() - started
        state = look(course.policy, course.check, students, references, took_s)
        if state is not State.GO_ON:
            return Times(state, students, references, took_s)


def _pair(course: Course, student: Runner, reference: Runner, lot: random.Random) -> tuple[float, float]:
    inputs, expected = draw(course)
    windows = {}
    mine, theirs = course.times
    sides = [(student, reference, mine), (reference, student, theirs)]
    lot.shuffle(sides)
    for side, other, times in sides:
        try:
            window = side.window(inputs, times=times)
            if course.judged[side is reference]:
                judge(course.workload, window.results, inputs, expected)
        except (WrongResult, StudentError, WorkerBroke) as problem:
            if side is student:
                raise
            raise references_fault(course.workload.question, problem) from None
        other.rest()
        windows[id(side)] = window
    pair = windows[id(student)], windows[id(reference)]
    if any(window.lost_s is None for window in pair):  # then what others ran counts for both
        return pair[0].seconds, pair[1].seconds
    return pair[0].undisturbed_s, pair[1].undisturbed_s


def references_fault(question_id: str, problem: BaseException) -> GraderFault:
    """What a problem of the reference's is to the grader."""
    kind = DeviceLost if broke_device(problem) else GraderFault
    return kind(f"speed check of {question_id}: the reference: {problem}")


def draw(course: Course) -> tuple[Sequence[Any], Any]:
    """Fresh inputs, and what is expected for them.

    Raises:
        GraderFault: the workload's own functions raise.
    """
    work = course.workload
    try:
        inputs = work.inputs(course.rng, **course.check.sizes)
        return inputs, expected_results(work, inputs, course.device)
    except Exception as problem:
        raise GraderFault(
            f"speed check of {work.question}: its workload raises {type(problem).__name__}: {problem}"
        ) from None


def expected_results(work: Workload, inputs: Sequence[Any], device: str = "cpu") -> Any:
    """The oracle's results for these inputs, from float64 on `device`; where there is none, of the same shapes."""
    if work.oracle is not None:
        return work.oracle(*(_in_double(value, device) for value in inputs))
    if work.yardstick is None:
        raise GraderFault(f"speed check of {work.question}: there is neither an oracle nor a yardstick")
    return work.yardstick(*inputs)


def judge(work: Workload, results: Sequence[Array], inputs: Sequence[Any], expected: Any) -> None:
    """Check one window's results.

    Raises:
        WrongResult: naming the result, and how far it is off.
    """
    if work.judge is not None:
        try:
            work.judge(results, inputs)
        except CheckFailed as problem:
            raise WrongResult(str(problem)) from None
        return
    if work.oracle is None:  # students check speed without the oracles that they do not have
        return
    for number, (have, leaf) in enumerate(zip(results, leaves(expected), strict=True), start=1):
        want = as_array(leaf).astype(np.float64)
        with np.errstate(invalid="ignore", over="ignore"):
            off = _largest(np.subtract(have, want, dtype=np.float64))
        most = _largest(want) or 1.0
        allowed = work.allowed(8 * have.dtype.itemsize if have.dtype.kind == "f" else 64)
        if not off <= allowed * most:  # NaN is wrong, too
            finite = bool(np.isfinite(have).all())
            wrong = f"is off by {off / most:.2g} of its largest number" if finite else "is not finite"
            raise WrongResult(f"result {number} {wrong}; at most {allowed:g} are allowed")


def _largest(values: Array) -> float:
    """The largest absolute value, NaN if there is one; without another array as large."""
    return max(float(values.max()), -float(values.min())) if values.size else 0.0


def _in_double(value: Any, device: str) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(_in_double(item, device) for item in value)
    if isinstance(value, np.ndarray):
        return value.astype(np.float64) if value.dtype.kind == "f" else value
    if not is_array(value):
        return value
    return (value.double() if value.is_floating_point() else value).to(device)

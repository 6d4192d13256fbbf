"""`make bench`: how long workers, calls and grading take on this machine, against what the design asks for.

Medians over many repetitions. Figures that depend on each other (the grader's own time: a suite over the wire against
the same suite on the plain module) are taken in turn, in one run.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autograder.batch import LocalExecutor
from autograder.course import load_assignment, load_course
from autograder.grading import make_plan, reference_submission
from autograder.model import Assignment, Limits, Question, Submission
from autograder.remote import ProcessLink, Student
from autograder.remote.workers import ProcessWorkers, lay_out, remove
from autograder.suite import Suite, with_suite
from autograder.worker.isolation import isolation
from autograder.worker.launch import WarmParent

HERE = Path(__file__).parent
LAB1 = (HERE.parent / "assignments", "lab1")
EIGHT = (HERE / "course" / "assignments", "eight_tests")
PROBE = "def empty(): pass\ndef ident(x): return x\ndef double(x): return x * 2\n"


def median_ms(function: Callable[[], object], times: int) -> float:
    """Median wall clock of a call, in milliseconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        function()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1e3


def start_ms(start: Callable[[], Student], times: int) -> float:
    """Median from asking for a worker until its file is imported; the worker before is gone by then."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        student = start()
        taken.append(time.perf_counter() - started)
        student.link.close()
        time.sleep(0.03)
    return statistics.median(taken) * 1e3


@contextmanager
def probe_students(modules: list[str]) -> Iterator[Callable[[], Student]]:
    """A function that starts a worker and imports a file in it."""
    limits = Limits(memory_bytes=4 << 30)
    parent = WarmParent(modules, isolation().grade)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "probe.py").write_text(PROBE)

        def start() -> Student:
            student = Student(ProcessLink(parent.start(folder, limits), limits), limits)
            student.open(folder, "probe.py")
            return student

        yield start
    parent.close()


def bench_workers(modules: list[str]) -> None:
    with probe_students(modules) as start:
        start()
        show(f"worker start, request to ready, with {'+'.join(modules)}", start_ms(start, 60), "ms", 30)
        student = start()
        student.link.allow(600, "the benchmark")
        empty, ident, double, array = student.empty, student.ident, student.double, np.ones(1 << 19)
        show("empty call", median_ms(empty, 4000) * 1e3, "us", 50)
        show("4 MB array, there only", median_ms(lambda: ident(array), 200), "ms", 2)
        show("4 MB array, there and another one back", median_ms(lambda: double(array), 200), "ms", None)


class PlainWorkers(ProcessWorkers):
    """The module itself in this process, without a wire: what the tests' own computing costs."""

    def start(self, submission: Submission, limits: Limits) -> Any:  # noqa: ARG002
        self._count += 1
        folder = self._root / f"p{self._count}"
        lay_out(folder, submission, self._assignment)
        return PlainStudent(folder)

    def open(self, student: Any, submission: Submission, question: Question, seed: int) -> None:  # noqa: ARG002
        student.module = ModuleType(question.module)
        exec((student.folder / question.file).read_text(), student.module.__dict__)

    def end(self, student: Any) -> None:
        remove(student.folder)


class PlainStudent:
    broken, load_notes, module = False, (), None

    def __init__(self, folder: Path) -> None:
        self.folder, self.link = folder, self

    def __getattr__(self, name: str) -> Any:
        return getattr(self.module, name)

    def __getitem__(self, name: str) -> Any:
        return getattr(self.module, name)

    def allow(self, *_: object) -> None: ...
    def take_back_changes(self) -> None: ...
    def take_output(self) -> str:
        return ""

    def run(self, probe: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        return probe(*arguments, **keywords)

    def put(self, value: Any) -> Any:
        return value

    def rng(self, seed: int) -> Any:
        return np.random.default_rng(seed)


def bench_own_time(assignment: Assignment, times: int, target: float) -> None:
    """The suite over the wire against the same suite on the plain module, in turn."""
    reference = reference_submission(assignment)

    def run(suite: Suite) -> tuple[float, float]:
        results = list(suite.run(reference))
        bad = [case for case in results if case.outcome != "passed"]
        if bad:
            sys.exit(f"the reference does not pass: {bad[0]}")
        return median_ms(lambda: list(suite.run(reference)), times), float(len(results))

    def both(wire: Suite) -> tuple[float, float, float]:
        wire.proven = frozenset(case.name for case in wire.cases)
        plain = Suite(assignment, wire.cases, PlainWorkers(assignment), assignment.seed)
        plain.proven = wire.proven
        wires, plains, count = [], [], 0.0
        for _ in range(3):
            (taken, count), (computing, _) = run(wire), measure_plain(wire, plain, run)
            wires.append(taken)
            plains.append(computing)
        return statistics.median(wires), statistics.median(plains), count

    wire_ms, plain_ms, count = with_suite(assignment, ProcessWorkers(assignment, isolation().grade), both)
    name = f"{assignment.id}, {count:.0f} tests"
    show(f"{name}: a submission, over the wire", wire_ms / 1e3, "s", None)
    show(f"{name}: the same tests on the plain module", plain_ms / 1e3, "s", None)
    show(f"{name}: the grader's own time", (wire_ms - plain_ms) / 1e3, "s", target)


def measure_plain(wire: Suite, plain: Suite, run: Callable[[Suite], tuple[float, float]]) -> tuple[float, float]:
    """Run the plain suite with the collected items, whose fixtures ask the suite that pytest knows."""
    wire.student, wire.rng, saved = plain.student, plain.rng, (wire.student, wire.rng)  # type: ignore[method-assign]
    wire.note, saved_note = plain.note, wire.note  # type: ignore[method-assign]
    try:
        return run(plain)
    finally:
        (wire.student, wire.rng), wire.note = saved, saved_note  # type: ignore[method-assign]


def bench_throughput(course: Path, lab: str, count: int) -> None:
    """Submissions a minute, all cores, the start of the processes left out."""
    loaded = load_course(course)
    assignment = load_assignment(loaded, lab)
    reference = reference_submission(assignment)
    submissions = [Submission(f"s{number}", reference.files) for number in range(count)]
    cores = len(os.sched_getaffinity(0))
    executor = LocalExecutor(cores)
    started = done = 0.0
    for number, graded in enumerate(
        executor.run(make_plan(loaded, assignment, assignment.seed, isolation().grade), submissions)
    ):
        if graded.fault or any(case.outcome != "passed" for case in graded.cases):
            sys.exit(f"not all passed: {graded.fault}")
        done = time.perf_counter()
        started = started if number >= cores else done
        if number == cores - 1:
            started = done
    show(f"{assignment.id}: submissions a minute, {cores} cores", (count - cores) / (done - started) * 60, "", None)


def show(what: str, value: float, unit: str, target: float | None) -> None:
    """One row: the figure, and what it should stay below."""
    aim = "" if target is None else f"aim {target:g} {unit}" + ("" if value <= target else "  MISSED")
    print(f"{what:64s} {value:10.3g} {unit:3s} {aim}", flush=True)


def main() -> None:
    python = platform.python_version()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, Python {python}")
    print(f"sandbox: {isolation().grade}\n")
    everything = os.sched_getaffinity(0)
    os.sched_setaffinity(0, [min(everything)])  # as in grading: a suite and its workers share a core
    bench_workers(["numpy"])
    bench_workers(["numpy", "torch"])
    for (course, lab), times, target in ((EIGHT, 20, 0.1), (LAB1, 5, 0.5)):
        bench_own_time(load_assignment(load_course(course), lab), times, target)
    os.sched_setaffinity(0, everything)
    bench_throughput(*EIGHT, 200)
    bench_throughput(*LAB1, 40)


if __name__ == "__main__":
    main()

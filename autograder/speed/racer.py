"""One worker that makes the timed call, one window at a time; between windows all its processes are stopped."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autograder.model import Assignment, Limits, Question, Submission
from autograder.remote import ProcessLink, Student
from autograder.remote.link import Link
from autograder.remote.workers import ProcessWorkers
from autograder.speed.freezing import Group
from autograder.speed.memory import Array, Memory
from autograder.worker.messages import Gpu
from autograder.workloads import Workload

SEED = 0  # of the global generators beside the code
AROUND = 9  # windows without a call, whose median is what is around one
LEAST_S = 1e-6  # that a window takes, however little is left when what does not count has been taken off
IDLE_S = 100e-6  # processor time that a stopped worker may seem to have used: how finely its stop is accounted


class Window(NamedTuple):
    """One timed call."""

    seconds: float  # the wall clock's, or the processor time of all its processes where that is more
    results: list[Array]  # what stood in the shared memory when the clock had stopped
    lost_s: float | None = 0.0  # of these seconds, in which others had its core; None if nobody knows
    used_s: float = 0.0  # the processor time

    @property
    def undisturbed_s(self) -> float:
        """Seconds without those in which others had its core, as far as they are known."""
        return max(self.seconds - (self.lost_s or 0.0), self.used_s)


class Around(NamedTuple):
    """What a window takes without its call: waking up, copying as many results, stopping."""

    seconds: float = 0.0
    used_s: float = 0.0  # processor time


class RanWhileStopped(Exception):
    """The student's processes have arranged to run while they were meant to be stopped."""


class NotSettled(Exception):
    """The GPU did not come to rest before a window: somebody else's work, or what a window before has left behind."""


class Racers(ProcessWorkers):
    """Where racers come from: a warm parent for one side of the races, with shared memory for its workers.

    Args:
        assignment: whose.
        sandbox: the grade of isolation.
        gpu: where tensors live; on the CPU if None.
        wait_for_rest: returns once that GPU does nothing: kernels go on when the process that began them is stopped.
    """

    def __init__(
        self,
        assignment: Assignment,
        sandbox: str,
        gpu: Gpu | None = None,
        wait_for_rest: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(assignment, sandbox, pinned=True, gpu=gpu)
        self.device = "cpu" if gpu is None else gpu.device
        self.wait_for_rest = wait_for_rest
        self._shared: Memory | None = None
        self._awake = False  # while a worker computes: on another core, since waking up takes time
        self._racing: Racer | None = None

    def racer(
        self,
        submission: Submission,
        question: Question,
        workload: Workload,
        shared: Memory,
        core: int,
        others: Collection[int],
    ) -> Racer:
        """A fresh worker, its file imported, stopped; the one before is ended.

        Args:
            submission: whose.
            question: whose file.
            workload: what will be timed.
            shared: memory for its arguments and results.
            core: which the worker has to itself.
            others: where the process that watches over it runs.

        Raises:
            StudentError, WorkerBroke: what the student's file does.
            GraderFault: it cannot be started.
        """
        self.end_racer()
        self._shared = shared
        self._awake = core not in others
        self._parent.begin()
        self.group().begin_on(core)
        student = self.start(submission, question.limits)
        self._racing = Racer(self, student, workload, shared)
        try:
            self.open(student, submission, question, SEED)
        finally:
            self.group().go_on_from(others)  # only now is it sure to have been forked
        return self._racing

    def end_racer(self) -> None:
        """End the worker; may be called again."""
        if self._racing is not None:
            self._racing.close()
            self._racing = None

    def close(self) -> None:
        """End everything."""
        self.end_racer()
        super().close()

    def group(self) -> Group:
        """The running worker's processes."""
        assert self._parent.pid is not None  # noqa: S101 - it has begun
        return Group(self._parent.pid)

    def _link(self, folder: Path, limits: Limits) -> Link:
        assert self._shared is not None  # noqa: S101 - `racer` has set it
        link = ProcessLink(self._parent.start(folder, limits, self._shared.descriptor), limits)
        if self._awake:
            link.sleep_s = 0.0
        return link


class Racer:
    """A worker, prepared for one workload."""

    def __init__(self, racers: Racers, student: Student, workload: Workload, shared: Memory) -> None:
        self._racers = racers
        self._student = student
        self._workload = workload
        self._shared = shared
        self._group = racers.group()
        self._limit_s = 0.0
        self._cpu_s = 0.0
        self._around = Around()

    def prepare(self, inputs: Sequence[Any], sizes: dict[str, int], limit_s: float, *, call: str = "") -> None:
        """Set up, without a clock: find the call, run the workload's set-up; then stop.

        Args:
            inputs: of the right shapes; their values do not matter.
            sizes: for the set-up.
            limit_s: for the set-up, and for each window.
            call: a function to time instead of the workload's own, by its name.

        Raises:
            StudentError, WorkerBroke: what the student's code does.
        """
        self._limit_s = limit_s
        work, student = self._workload, self._student
        student.link.allow(limit_s, "setting up the speed check")
        given: list[Any] = [] if call else [student[name] for name in work.needs]
        if work.setup is not None and not call:
            given = [student.put(student.run(work.setup, *given, **sizes))]
        function = student[call] if call else student[work.call] if isinstance(work.call, str) else work.call
        student.prepare(function, given, self._shared.plan(inputs, self._racers.device))
        self._stop()
        self._group.go_first()

    def window(self, inputs: Sequence[Any], *, times: int = 1, guarded: bool = False) -> Window:
        """Write fresh values, start the clock, let it run, stop its processes, stop the clock, read.

        Args:
            inputs: the values.
            times: how often it is called.
            guarded: whether the question's forbidden operations are looked for, which takes time.

        Raises:
            StudentError, WorkerBroke: what the student's code does.
            RanWhileStopped: it was not stopped when it should have been.
        """
        self._check_idle()
        self._racers.wait_for_rest()  # before there are fresh values, so that nobody can begin with them
        self._shared.write(inputs)
        self._student.link.allow(self._limit_s, "one call at the size of the speed check")
        whole = self._window(times, guarded)
        used_s = max(whole.used_s - self._around.used_s, LEAST_S)
        return whole._replace(seconds=max(whole.seconds - self._around.seconds, used_s), used_s=used_s)

    def measure_around(self) -> Around:
        """What is around a call, measured without one: of the reference's worker, so that no student can add to it."""
        self._student.link.allow(self._limit_s, "what is around a call")
        windows = [self._window(0, guarded=False) for _ in range(AROUND)]
        return Around(
            statistics.median(window.undisturbed_s for window in windows),
            statistics.median(window.used_s for window in windows),
        )

    def leave_out(self, around: Around) -> None:
        """Take this off every window from now on: the same for both sides."""
        self._around = around

    def _window(self, times: int, guarded: bool) -> Window:
        before = self._group.account()
        started = time.perf_counter()
        self._group.resume()
        try:
            self._student.go(times, guarded)
        finally:
            self._group.halt()
            seconds = time.perf_counter() - started
            results = self._shared.read()  # at once: what a copy that is still under way brings later does not count
            after = self._group.account()
            idle_s = self._cpu_s
            self._stop()
        used_s = max(after.used_s(before), self._cpu_s - idle_s, LEAST_S)
        lost_s = after.lost_s(before) if self._racers.device == "cpu" else 0.0  # a GPU goes on while a process waits
        return Window(seconds, results, lost_s, used_s)

    def rest(self) -> None:
        """Look whether it stayed stopped while the other side ran.

        Raises:
            RanWhileStopped: it did not.
        """
        self._check_idle()

    def take_output(self) -> str:
        """What the code has printed."""
        return self._student.link.take_output()

    @property
    def load_notes(self) -> tuple[str, ...]:
        """What failed on the way while the file was imported."""
        return self._student.load_notes

    def close(self) -> None:
        """End the worker."""
        with contextlib.suppress(OSError):
            self._racers.end(self._student)

    def _stop(self) -> None:
        self._group.stop()
        self._cpu_s = self._group.cpu_s()

    def _check_idle(self) -> None:
        if not self._student.broken and self._group.cpu_s() - self._cpu_s > IDLE_S:
            raise RanWhileStopped

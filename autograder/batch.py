"""Many submissions at once: an executor takes submissions and gives results as they come.

`LocalExecutor` runs suite processes on this machine, one for each core. A suite process that dies or hangs costs one
attempt of one submission: it is replaced, and the submission is tried once more.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from autograder import scratch
from autograder.errors import CourseError, GraderFault
from autograder.model import CaseResult, Submission
from autograder.wire import Connection, Message, ProtocolError
from autograder.worker.launch import STEADY

MAX_ATTEMPTS = 2
SLOT_START_S = 300.0


class SlotSetup(msgspec.Struct, frozen=True):
    """Driver to slot, once: which suite to collect."""

    course: str  # the folder that holds course.yaml
    assignment: str
    seed: int | None = None  # base of the hidden cases' random numbers; the assignment's own if None
    sandbox: str = "limits"  # the grade of isolation
    diagnose: bool = False  # name known mistakes in the feedback
    diagnosis_s: float = 30.0  # time granted for it, besides a share of the grading's
    inline: bool = False  # student code in this process: for comparing the transports, never for grading
    core: int | None = None  # the processor for this slot and its workers, which take turns: on one core a call costs
    # 40 microseconds, across two it costs 80 (waking the other core; measured on a virtual machine)


class SlotJob(msgspec.Struct, frozen=True):
    """Driver to slot: grade one submission."""

    submission: Submission
    questions: tuple[str, ...] | None = None  # ids; all if None


class SlotResult(msgspec.Struct, frozen=True):
    """Slot to driver: one submission is done."""

    cases: list[CaseResult]
    seconds: float


encode = msgspec.msgpack.Encoder().encode
decode_setup = msgspec.msgpack.Decoder(SlotSetup).decode
decode_result = msgspec.msgpack.Decoder(SlotResult).decode
decode_job = msgspec.msgpack.Decoder(SlotJob).decode
decode_submission = msgspec.msgpack.Decoder(Submission).decode
decode_broken = msgspec.msgpack.Decoder(dict[str, str]).decode


class Graded(msgspec.Struct, frozen=True):
    """One submission's cases, or why there are none: then the grader is at fault."""

    submission: Submission
    cases: list[CaseResult]
    seconds: float
    fault: str = ""


class Plan(msgspec.Struct, frozen=True):
    """What to run submissions against."""

    setup: SlotSetup
    reference: Submission  # proves the suite first: what it does not pass is the grader's fault
    seconds_allowed: float  # for one submission, after which its suite process counts as hung
    broken: dict[str, str] | None = None  # what the reference does not pass, if that is known already
    only: dict[str, tuple[str, ...]] = {}  # by student: the questions to run, where that is not all of them


class Executor(Protocol):
    """Runs a plan over submissions."""

    broken: dict[str, str]  # what the reference did not pass, by case; known once the first result is there

    def run(self, plan: Plan, submissions: Iterable[Submission]) -> Iterator[Graded]:
        """Results in the order in which they are done."""


class LocalExecutor:
    """Suite processes on this machine.

    Args:
        slots: how many submissions are graded at a time.
    """

    def __init__(self, slots: int | None = None) -> None:
        self._count = slots or len(os.sched_getaffinity(0))
        self.broken: dict[str, str] = {}

    def run(self, plan: Plan, submissions: Iterable[Submission]) -> Iterator[Graded]:
        """Results in the order in which they are done; closing the iterator ends all processes."""
        run = _Run(plan, self._count, iter(submissions))
        try:
            yield from run.results()
        finally:
            self.broken = run.broken or {}
            run.close()


class _Slot:
    """One suite process, and what it is doing."""

    def __init__(self, plan: Plan, core: int | None) -> None:
        ours, theirs = socket.socketpair()
        self._folder = scratch.make("slot")  # all that it and its workers write
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`; a pipe that nobody reads would block it
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "autograder.slot", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env={**os.environ, **STEADY, "TMPDIR": str(self._folder)},
            )
        self.socket = ours
        self.connection = Connection(ours)
        self.core = core
        setup = msgspec.structs.replace(plan.setup, core=core)
        with contextlib.suppress(ConnectionError):  # then reading says that it died
            self.connection.send(Message(0, "setup", None, [encode(setup)]))
        self.ready = self.trusted = False
        self.job: Submission | None = None
        self.deadline = time.monotonic() + SLOT_START_S

    def ask(self, kind: str, content: bytes, seconds: float) -> None:
        """Send a request whose answer is due within `seconds`."""
        self.deadline = time.monotonic() + seconds
        with contextlib.suppress(ConnectionError):  # then reading says that it died
            self.connection.send(Message(1, kind, None, [content]))

    def end(self) -> str:
        """Kill it; the last thing it said on standard error."""
        self.process.kill()
        self.process.wait()
        self.connection.close()
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        self._errors.close()
        scratch.remove(self._folder)
        return lines[-1] if lines else ""


class _Run:
    """One pass over the submissions."""

    def __init__(self, plan: Plan, count: int, submissions: Iterator[Submission]) -> None:
        self.plan = plan
        self.broken = plan.broken
        self._proving: _Slot | None = None
        self._submissions = submissions
        self._waiting: deque[Submission] = deque()
        self._attempts: dict[str, int] = {}
        self._selector = selectors.DefaultSelector()
        self._slots: set[_Slot] = set()
        self._starts_left = count + 8  # replacements; a suite process that always dies must not be started for ever
        first = list(itertools.islice(submissions, count))  # no more suite processes than submissions
        self._waiting.extend(first)
        for _ in first:
            self._start()

    def results(self) -> Iterator[Graded]:
        """Serve the slots until every submission is done."""
        while self._slots:
            for slot in list(self._slots):
                if slot.ready and slot.job is None and slot is not self._proving and not self._give(slot):
                    self._retire(slot)
            waiting = min((slot.deadline for slot in self._slots), default=0.0) - time.monotonic()
            for key, _ in self._selector.select(max(0.0, min(waiting, 1.0))):
                yield from self._hear(key.data)
            for slot in [slot for slot in self._slots if time.monotonic() > slot.deadline]:
                yield from self._lost(slot, "it did not answer in time")

    def close(self) -> None:
        """End every suite process."""
        for slot in list(self._slots):
            self._retire(slot)
        self._selector.close()

    def _start(self) -> None:
        self._starts_left -= 1
        slot = _Slot(self.plan, self._free_core())
        self._slots.add(slot)
        self._selector.register(slot.socket, selectors.EVENT_READ, slot)

    def _free_core(self) -> int | None:
        """The core that fewest slots use; None where there are more slots than cores."""
        cores = sorted(os.sched_getaffinity(0))
        used = [slot.core for slot in self._slots]
        return next((core for core in cores if core not in used), None)

    def _retire(self, slot: _Slot) -> str:
        self._slots.discard(slot)
        self._selector.unregister(slot.socket)
        return slot.end()

    def _next(self) -> Submission | None:
        return self._waiting.popleft() if self._waiting else next(self._submissions, None)

    def _give(self, slot: _Slot) -> bool:
        """Give an idle slot something to do; False if nothing will ever be."""
        if self.broken is None:
            if self._proving is None:
                self._proving = slot
                slot.ask("prove", encode(self.plan.reference), self.plan.seconds_allowed)
            else:
                slot.deadline = float("inf")  # idle until the suite is proven
            return True
        if not slot.trusted:
            slot.ask("trust", encode(self.broken), float("inf"))
            slot.trusted = True
        submission = self._next()
        if submission is None:
            slot.deadline = float("inf")
            return any(other.job is not None for other in self._slots)  # one of them may fail and be tried again
        slot.job = submission
        job = SlotJob(submission, self.plan.only.get(submission.student))
        slot.ask("grade", encode(job), self.plan.seconds_allowed)
        return True

    def _hear(self, slot: _Slot) -> Iterator[Graded]:
        try:
            message = slot.connection.receive()
        except (EOFError, ConnectionError, ProtocolError):
            yield from self._lost(slot, "it ended")
            return
        if message.kind == "failed":
            self._retire(slot)
            kind, _, text = str(message.body).partition(": ")
            raise CourseError(text) if kind == "CourseError" else GraderFault(text)
        if message.kind == "ready":
            slot.ready = True
        elif message.kind == "proved":
            self.broken, self._proving = decode_broken(message.buffers[0]), None
            slot.trusted = True
        elif slot.job is not None:
            result = decode_result(message.buffers[0])
            submission, slot.job = slot.job, None
            yield Graded(submission, result.cases, result.seconds)

    def _lost(self, slot: _Slot, why: str) -> Iterator[Graded]:
        """A suite process is gone: replace it, try its submission again or give up on it."""
        submission = slot.job
        said = self._retire(slot)
        if slot is self._proving:
            self._proving = None
        why = f"{why} ({said})" if said else why
        if submission is not None:
            attempts = self._attempts[submission.student] = self._attempts.get(submission.student, 0) + 1
            if attempts < MAX_ATTEMPTS:
                self._waiting.append(submission)
            else:
                yield Graded(submission, [], 0.0, f"the suite process was lost {attempts} times: {why}")
        if self._starts_left > 0:
            self._start()
        elif not self._slots:
            raise GraderFault(f"the suite processes do not stay alive: {why}")

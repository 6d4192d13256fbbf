"""One pass over the submissions: slots are started, given work, heard, and replaced when they are lost.

A suite process that dies or hangs costs one attempt of one submission: it is replaced, and the submission is tried once
more, on another machine if there is one.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from autograder.batch.node import Node
from autograder.batch.plan import Graded, Plan, SlotJob, decode_broken, decode_result, encode
from autograder.errors import CourseError, GraderFault
from autograder.model import Submission
from autograder.wire import Message

MAX_ATTEMPTS = 2
SLOT_START_S = 300.0
BAD_STARTS = 8  # more than there ever were slots: suite processes that always die must not be started for ever
LOST = "lost"  # the kind of message that says that a slot is gone, with the reason as its body


class Slot:
    """One suite process, wherever it runs, and what it is doing."""

    place = ""  # the machine
    node: Node | None = None  # more on it, if it is not this one

    def __init__(self) -> None:
        self.ready = self.trusted = False
        self.job: Submission | None = None
        self.deadline = time.monotonic() + SLOT_START_S

    def ask(self, kind: str, content: bytes) -> None:
        """Send a request; if nobody is there, `Places.wait` says so."""
        raise NotImplementedError


class Places(Protocol):
    """Where suite processes can run, and the way to them."""

    def room(self) -> bool:
        """Whether another could be started now."""

    def start(self) -> Slot:
        """Begin to start one; a `ready` message says that it has started, a `failed` one why it cannot."""

    def wait(self, slots: Collection[Slot], seconds: float) -> list[tuple[Slot, Message]]:
        """What slots say, as soon as one of them does; nothing after so many seconds.

        Raises:
            HostError: there is no slot, and there will be no room for one.
        """

    def end(self, slot: Slot) -> str:
        """End a slot, whatever it does; the last thing that it said on standard error."""

    def close(self) -> None:
        """All slots have ended."""


class SlotExecutor:
    """An executor that gives submissions to slots; a subclass says where these run."""

    def __init__(self) -> None:
        self.broken: dict[str, str] = {}
        self._run: Run | None = None

    def places(self, plan: Plan) -> Places:
        """Where suite processes for this plan can run."""
        raise NotImplementedError

    def run(self, plan: Plan, submissions: Iterable[Submission]) -> Iterator[Graded]:
        """Results in the order in which they are done; closing the iterator ends all processes."""
        run = self._run = Run(plan, self.places(plan), iter(submissions))
        try:
            yield from run.results()
        finally:
            self.broken = run.broken or {}
            self._run = None
            run.close()

    def slots(self) -> Mapping[str, int]:
        """How many suite processes there are now, by the machine's name; "" is this one."""
        return Counter(slot.place for slot in self._run.slots) if self._run is not None else {}


class Run:
    """One pass over the submissions."""

    def __init__(self, plan: Plan, places: Places, submissions: Iterator[Submission]) -> None:
        self.plan = plan
        self.broken = plan.broken
        self.slots: set[Slot] = set()
        self._places = places
        self._proving: Slot | None = None
        self._submissions = submissions
        self._waiting: deque[Submission] = deque()
        self._attempts: dict[str, int] = {}
        self._lost_at: dict[str, str] = {}  # where a submission's slot was lost, by student
        self._bad_starts = 0  # slots lost that no submission is to blame for, since the last result
        self._most = 0  # slots at a time, so far
        self._said = ""  # by the last slot that was lost

    def results(self) -> Iterator[Graded]:
        """Serve the slots until every submission is done."""
        while self._fill() or self.slots:
            for slot in list(self.slots):
                if slot.ready and slot.job is None and slot is not self._proving and not self._give(slot):
                    self._retire(slot)
            if not self.slots and not self._waiting:
                continue
            waiting = min((slot.deadline for slot in self.slots), default=1.0 + time.monotonic()) - time.monotonic()
            for slot, message in self._places.wait(self.slots, max(0.0, min(waiting, 1.0))):
                yield from self._hear(slot, message)
            for slot in [slot for slot in self.slots if time.monotonic() > slot.deadline]:
                yield from self._lost(slot, "it did not answer in time")

    def close(self) -> None:
        """End every suite process."""
        for slot in list(self.slots):
            self._retire(slot)
        self._places.close()

    def _more(self, than: int) -> bool:
        """Whether more submissions than so many wait; no more are read than it takes to tell."""
        while len(self._waiting) <= than and (submission := next(self._submissions, None)) is not None:
            self._waiting.append(submission)
        return len(self._waiting) > than

    def _fill(self) -> bool:
        """Start slots while there is room, no more than there are submissions; whether submissions wait.

        Raises:
            GraderFault: they do not stay alive.
        """
        while self._bad_starts < BAD_STARTS + self._most and self._places.room():
            if not self._more(sum(slot.job is None for slot in self.slots)):
                break
            self.slots.add(self._places.start())
            self._most = max(self._most, len(self.slots))
        if self.slots:
            return True
        if self._bad_starts >= BAD_STARTS + self._most and self._more(0):
            raise GraderFault(f"the suite processes do not stay alive: {self._said}")
        return self._more(0)

    def _retire(self, slot: Slot) -> str:
        self.slots.discard(slot)
        return self._places.end(slot)

    def _next(self, slot: Slot) -> Submission | None:
        """What to give to a slot: one that was lost goes to another machine, where there is one."""
        places = {other.place for other in self.slots}
        seen = 0
        while self._more(seen):
            student = self._waiting[seen].student
            if self._lost_at.get(student) != slot.place or len(places) == 1:
                submission = self._waiting[seen]
                del self._waiting[seen]
                return submission
            seen += 1
        return None

    def _give(self, slot: Slot) -> bool:
        """Give an idle slot something to do; False if nothing will ever be."""
        if self.broken is None:
            if self._proving is None:
                self._proving = slot
                self._ask(slot, "prove", encode(self.plan.reference), self.plan.seconds_allowed)
            else:
                slot.deadline = float("inf")  # idle until the suite is proven
            return True
        if not slot.trusted:
            slot.ask("trust", encode(self.broken))
            slot.trusted = True
        submission = self._next(slot)
        if submission is None:
            slot.deadline = float("inf")
            # One that is being graded may be lost and be tried again; one that waits is for another machine.
            return bool(self._waiting) or any(other.job is not None for other in self.slots)
        slot.job = submission
        student = submission.student
        job = SlotJob(submission, self.plan.only.get(student), self.plan.only_cases.get(student))
        self._ask(slot, "grade", encode(job), self.plan.seconds_allowed)
        return True

    def _ask(self, slot: Slot, kind: str, content: bytes, seconds: float) -> None:
        """Send a request whose answer is due within `seconds`."""
        slot.deadline = time.monotonic() + seconds
        slot.ask(kind, content)

    def _hear(self, slot: Slot, message: Message) -> Iterator[Graded]:
        if message.kind == LOST:
            yield from self._lost(slot, str(message.body))
        elif message.kind == "failed":
            self._retire(slot)
            kind, _, text = str(message.body).partition(": ")
            raise CourseError(text) if kind == "CourseError" else GraderFault(text)
        elif message.kind == "ready":
            slot.ready = True
        elif message.kind == "proved":
            self.broken, self._proving = decode_broken(message.buffers[0]), None
            slot.trusted = True
            self._bad_starts = 0
        elif slot.job is not None:
            result = decode_result(message.buffers[0])
            submission, slot.job = slot.job, None
            self._bad_starts = 0
            yield Graded(submission, result.cases, result.seconds, node=slot.node)

    def _lost(self, slot: Slot, why: str) -> Iterator[Graded]:
        """A suite process is gone: try its submission again or give up on it."""
        submission = slot.job
        said = self._retire(slot)
        if slot is self._proving:
            self._proving = None
        self._said = why = f"{why} ({said})" if said else why
        if submission is None:
            self._bad_starts += 1
            return
        attempts = self._attempts[submission.student] = self._attempts.get(submission.student, 0) + 1
        self._lost_at[submission.student] = slot.place
        if attempts < MAX_ATTEMPTS:
            self._waiting.append(submission)
        else:
            fault = f"the suite process was lost {attempts} times: {why}"
            yield Graded(submission, [], 0.0, fault, node=slot.node)

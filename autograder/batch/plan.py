"""What an executor is given and gives back, and what it says to a suite process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import msgspec

from autograder.batch.node import Node
from autograder.model import CaseResult, Submission


class SlotSetup(msgspec.Struct, frozen=True):
    """Driver to slot, once: which suite to collect."""

    course: str  # the folder that holds course.yaml
    assignment: str
    seed: int | None = None  # base of the hidden cases' random numbers; the assignment's own if None
    sandbox: str = "limits"  # the grade of isolation
    preload: tuple[str, ...] = ()  # what its workers have imported before they start
    diagnose: bool = False  # name known mistakes in the feedback
    diagnosis_s: float = 30.0  # time granted for it, besides a share of the grading's
    inline: bool = False  # student code in this process: for comparing the transports, never for grading
    core: int | None = None  # the processor for this slot and its workers, which take turns: on one core a call costs
    # 40 microseconds, across two it costs 80 (waking the other core; measured on a virtual machine)


class SlotJob(msgspec.Struct, frozen=True):
    """Driver to slot: grade one submission."""

    submission: Submission
    questions: tuple[str, ...] | None = None  # ids; all if None
    cases: tuple[str, ...] | None = None  # names; all of the questions' if None


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
    node: Node | None = None  # the machine that it ran on, if that is not this one


class Plan(msgspec.Struct, frozen=True):
    """What to run submissions against."""

    setup: SlotSetup
    reference: Submission  # proves the suite first: what it does not pass is the grader's fault
    seconds_allowed: float  # for one submission, after which its suite process counts as hung
    broken: dict[str, str] | None = None  # what the reference does not pass, if that is known already
    only: dict[str, tuple[str, ...]] = {}  # by student: the questions to run, where that is not all of them
    only_cases: dict[str, tuple[str, ...]] = {}  # by student: the names of the cases to run, where that is not all


class Executor(Protocol):
    """Runs a plan over submissions."""

    broken: dict[str, str]  # what the reference did not pass, by case; known once the first result is there

    def run(self, plan: Plan, submissions: Iterable[Submission]) -> Iterator[Graded]:
        """Results in the order in which they are done; submissions are read one by one, as they are needed."""

    def slots(self) -> Mapping[str, int]:
        """How many suite processes there are now, by the machine's name; "" is this one."""

"""What the grader and the process that checks speed tell each other."""

from __future__ import annotations

import msgspec

from autograder.model import Feedback, Outcome, Submission
from autograder.speed_rules import SpeedResult
from autograder.worker.messages import Gpu


class Setup(msgspec.Struct, frozen=True):
    """Grader to server, once."""

    course: str  # the folder that holds course.yaml
    assignment: str
    sandbox: str
    gpu: Gpu | None = None  # for the checks that need one


class Job(msgspec.Struct, frozen=True):
    """Grader to server: one speed check of one submission."""

    submission: Submission
    question: str
    final: bool = False  # judge times that scatter by their mean now


class Verdict(msgspec.Struct, frozen=True):
    """Server to grader: what one speed check came to."""

    question: str
    outcome: Outcome
    feedback: Feedback = Feedback()
    speed: SpeedResult | None = None


encode = msgspec.msgpack.Encoder().encode
decode_setup = msgspec.msgpack.Decoder(Setup).decode
decode_job = msgspec.msgpack.Decoder(Job).decode
decode_verdict = msgspec.msgpack.Decoder(Verdict).decode

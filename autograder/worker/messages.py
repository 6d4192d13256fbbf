"""What the trusted side, the warm parent and the worker tell each other, apart from calls."""

from __future__ import annotations

import builtins
from enum import StrEnum
from typing import Any

import msgspec

from autograder.model import Limits


class Grade(StrEnum):
    """How well student code is walled in."""

    FULL = "full"
    BUBBLEWRAP = "bwrap"  # the same, where bubblewrap makes the namespaces and the root
    RESTRICTED = "restricted"  # no namespaces and no folder to write to
    LIMITS = "limits"  # separate processes and limits alone

    @property
    def has_root(self) -> bool:
        """Whether a worker has namespaces and a root of its own."""
        return self in (Grade.FULL, Grade.BUBBLEWRAP)


class Gpu(msgspec.Struct, frozen=True):
    """A GPU that workers may use."""

    number: int | None  # of its device node, /dev/nvidia<number>; None opens no node: a stand-in, for tests
    known_as: str = ""  # what CUDA calls it: its UUID, or its place among those that it sees
    name: str = "GPU"  # e.g. "NVIDIA H100 80GB HBM3"
    driver: str = ""  # its version
    device: str = "cuda"  # where torch puts tensors
    note: str = ""  # what cannot be told of it, and why


class StartRequest(msgspec.Struct, frozen=True):
    """Trusted side to warm parent: start one worker.

    Three descriptors travel along: calls, control, output; a fourth, if there is one, is memory that is shared.
    """

    workspace: str  # the worker's own folder, its current directory
    limits: Limits
    sandbox: Grade = Grade.LIMITS  # the grade of isolation
    gpu: int | None = None  # the number of the GPU that the worker may use: the `cuda` profile
    known_as: str = ""  # what CUDA calls that GPU
    device: str = ""  # where tensors among the arguments of calls are put: "cuda"; nowhere else if empty
    pinned: bool = False  # for a speed check: it stays on its cores, and is as important as any other process


class Ending(msgspec.Struct, frozen=True):
    """Warm parent to trusted side: how the worker ended."""

    reason: str  # "exit", "signal", "memory", "processes", "closed" (it lived on), or "fault" when starting it failed
    status: int = 0  # exit status or signal number
    detail: str = ""
    peak_bytes: int = 0  # largest memory seen by the watchdog


_NAME, _MESSAGE, _FRAMES = 300, 4000, 16  # characters, characters, number
_EXCEPTIONS = frozenset(name for name, kind in vars(builtins).items() if isinstance(kind, type))


class ErrorReport(msgspec.Struct, frozen=True):
    """Worker to trusted side: an exception in the student's code. The content is the student's, not to be trusted."""

    type: str
    bases: list[str]  # names of the built-in exceptions that it derives from, nearest first
    message: str
    frames: list[tuple[str, int, str, str]]  # file, line, function, source; outermost first
    stage: str = "call"  # "import", "call", "probes", or "answer" when the value cannot be sent
    callback: int = -1  # which callback of the suite's raised it, if one did


encode = msgspec.msgpack.Encoder().encode
decode_start = msgspec.msgpack.Decoder(StartRequest).decode
decode_ending = msgspec.msgpack.Decoder(Ending).decode


def error_report(body: Any) -> ErrorReport:
    """The report in a message's body, cut to what an honest worker sends.

    Raises:
        msgspec.ValidationError: it is not one.
    """
    report = msgspec.convert(body, ErrorReport)
    frames = [(file[:_NAME], line, name[:_NAME], text[:_NAME]) for file, line, name, text in report.frames[:_FRAMES]]
    bases = [name for name in report.bases[:_FRAMES] if name in _EXCEPTIONS]
    return msgspec.structs.replace(
        report, type=report.type[:_NAME], bases=bases, message=report.message[:_MESSAGE], frames=frames
    )

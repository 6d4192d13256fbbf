"""What this host gives to wall student code in: found out by running a whole probe job, not by reading settings."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import msgspec

from autograder import scratch
from autograder.errors import AutograderError, HostError
from autograder.model import Limits
from autograder.wire import Connection, Message, Packer, ProtocolError
from autograder.worker.launch import WarmParent, Worker
from autograder.worker.layers import landlock
from autograder.worker.messages import Gpu, Grade

LAYERS = {
    "split": "student code shares no process with a suite, a reference or a clock",
    "rlimits": "one process stays within its memory, open files and file size",
    "watchdog": "all its processes together stay within memory and number; none is left behind",
    "user id": "student code is neither root nor the grader's user",
    "namespaces": "student code sees no other process, no network and no shared memory",
    "file system": "a fresh read-only root with only the listed paths, and sized temporary folders",
    "Landlock": "no file outside the listed paths, whatever the root shows",
    "seccomp": "no system call outside the list",
}
_BASIC = ("split", "rlimits", "watchdog")
_HELD = {
    Grade.FULL: tuple(LAYERS),
    Grade.BUBBLEWRAP: tuple(LAYERS),
    Grade.RESTRICTED: (*_BASIC, "Landlock", "seccomp"),
    Grade.LIMITS: _BASIC,
}
_NEXT_BEST = {Grade.FULL: Grade.RESTRICTED, Grade.RESTRICTED: Grade.LIMITS, Grade.BUBBLEWRAP: Grade.LIMITS}
_LIMITS = Limits(seconds=10, import_seconds=10)
# Run as a student's file: each line fails where its layer does not hold.
_PROBE = """
import os, socket, statistics

def refused(what, *arguments):
    try:
        what(*arguments)
    except OSError:
        return True
    return False

assert os.getuid() != 0, "it runs as root"
assert refused(open, "/etc/passwd"), "it reads the host's files"
assert refused(open, {secret!r}), "it reads files beside its own folder"
assert refused(socket.socket), "it has a network"
assert refused(os.execv, "/bin/true", ["true"]), "it starts programs"
assert refused(os.kill, 1, 0) or {full!r}, "it signals other processes"
if {full!r}:
    assert os.getpid() < 10, "it sees the host's processes"
    open("written", "w").write("x")
"""


class Isolation(msgspec.Struct, frozen=True):
    """How the worker was walled in; recorded with every grade."""

    grade: str  # "full", "bwrap", "restricted" or "limits"
    held: tuple[str, ...]
    missing: tuple[str, ...]
    as_root: bool = False  # whether the grader is root
    landlock_abi: int = 0
    reasons: dict[str, str] = {}  # why a better grade is not there
    gpu: int | None = None  # the GPU whose driver student code may talk to: weaker than the same grade without

    @property
    def warning(self) -> str:
        """One line for whoever starts a grading run; empty when nothing is missing."""
        if self.gpu is not None:
            without = msgspec.structs.replace(self, gpu=None).warning
            exposed = f"student code talks to the driver of GPU {self.gpu} in the kernel, which no layer judges"
            return f"{without}; {exposed}" if without else exposed
        if not self.missing:
            return ""
        missing = ", ".join(self.missing)
        if self.grade == Grade.RESTRICTED:
            return f"student code runs in the restricted sandbox, without a folder to write to (missing: {missing})"
        who = "as root" if self.as_root else "as your user"
        return (
            f"student code runs {who}, in processes of its own with limits, but without a sandbox "
            f"(missing: {missing}); grade only code that you would run yourself"
        )


@functools.cache
def isolation(at_most: Grade = Grade.FULL, gpu: Gpu | None = None) -> Isolation:
    """The best grade that holds here, no better than `at_most`, for workers with this GPU or without one.

    Bubblewrap is never taken unasked, since it adds nothing to the full grade but a program of its own.
    """
    reasons: dict[str, str] = {}
    as_root = os.geteuid() == 0
    grade = at_most
    while grade is not Grade.LIMITS and (reason := try_grade(grade, gpu)):
        reasons[grade.value] = reason
        grade = _NEXT_BEST[grade]
    held = _HELD[grade]
    if grade is Grade.RESTRICTED and as_root:
        held = tuple(layer for layer in LAYERS if layer in (*held, "user id"))
    missing = tuple(layer for layer in LAYERS if layer not in held)
    abi = landlock.abi() if "Landlock" in held else 0
    return Isolation(grade.value, held, missing, as_root, abi, reasons, None if gpu is None else gpu.number)


def require_sandbox(wanted: Grade | None = None) -> Isolation:
    """The sandbox that is wanted, or the best that holds here.

    Raises:
        HostError: it does not hold; student code must not run.
    """
    found = isolation(wanted or Grade.FULL)
    reasons = "; ".join(f"{grade}: {reason}" for grade, reason in found.reasons.items())
    if wanted is not None and found.grade != wanted:
        raise HostError(
            f"this machine does not give the sandbox that --sandbox asks for ({reasons}). `autograder doctor` shows "
            "what it gives; without --sandbox, the best of that is taken"
        )
    if found.grade == Grade.LIMITS:
        raise HostError(
            f"this machine gives no sandbox for student code ({reasons}). Grade on Linux 6.2 or later, x86-64, where "
            "user namespaces are allowed, or in a container of its own; docs/security.md says how. "
            "--unsafe-no-sandbox accepts the risk"
        )
    return found


def try_grade(grade: Grade, gpu: Gpu | None = None) -> str:
    """Run the probe job, with CUDA initialised if there is a GPU; why it does not hold, or nothing."""
    folder = scratch.make("probe")
    parent = WarmParent(("torch",) if gpu is not None else (), grade.value, gpu)
    try:
        work = folder / "work"
        work.mkdir()
        secret = folder / "secret"
        secret.write_text("not for a worker")
        secret.chmod(0o644)
        (work / "probe.py").write_text(_PROBE.format(secret=str(secret), full=grade.has_root))
        worker = parent.start(work, _LIMITS)
        try:
            return _load(worker, work)
        finally:
            worker.end()
    except (OSError, AutograderError) as problem:
        return str(problem)
    finally:
        parent.close()
        scratch.remove(folder)


def _load(worker: Worker, folder: Path) -> str:
    """Let a worker import the probe; what it said, where that was not well."""
    connection = Connection(worker.calls)
    worker.calls.settimeout(_LIMITS.import_seconds)
    requests: list[tuple[str, tuple[object, ...]]] = [
        ("open", (str(folder), "probe.py", [], [], [], "", 0)),
        ("load", ()),
    ]
    for number, (kind, arguments) in enumerate(requests, start=1):
        packer = Packer(lambda value: value)
        node = packer.pack(arguments)
        descriptions, sizes, buffers = packer.finish()
        try:
            connection.send(Message(number, kind, [node, descriptions, sizes], buffers))
            answer = connection.receive()
        except (EOFError, OSError, ProtocolError):
            return worker.ending().detail or "the probe ended without an answer"
        if answer.kind != "ok":
            return f"a probe inside found: {answer.body.get('message') or answer.body.get('type')}"
    return ""

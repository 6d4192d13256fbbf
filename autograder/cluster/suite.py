"""What runs in a Ray worker: it holds one suite process, and passes on what it is asked.

No test and no student's code runs here: the suite process is a program of its own, its workers are walled in as
everywhere.
"""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

import msgspec

from autograder import scratch
from autograder.batch import SuiteProcess, decode_setup, encode, this_node
from autograder.cluster.course import FOLDER, decode_files, digest_there, unpack

Answer = tuple[str, object, bytes]  # kind, body and content of a message


class RemoteSuite:
    """One suite process on this machine; Ray makes it an actor."""

    def __init__(self) -> None:
        self._process: SuiteProcess | None = None
        self._course: Path | None = None
        self._claim: socket.socket | None = None

    def look(self, folder: str, lab: str, sandbox: str) -> tuple[bytes, str]:
        """This machine (a `Node`), and the digest of the course that lies in this folder here."""
        return encode(this_node(sandbox)), digest_there(Path(folder), lab)

    def begin(self, setup: bytes, name: str, files: bytes | None, pin: bool) -> Answer:
        """Start the suite process, and wait until it has collected the suite.

        Args:
            setup: a `SlotSetup`.
            name: the digest of the course's files.
            files: these, if they do not lie here; they are unpacked once for all slots of this machine.
            pin: whether the slot has a processor to itself.
        """
        chosen = decode_setup(setup)
        if files is not None:
            content = decode_files(files)
            self._course = scratch.share(f"course-{name}", lambda folder: unpack(content, folder))
            chosen = msgspec.structs.replace(chosen, course=str(self._course / FOLDER))
        if pin:
            core, self._claim = _claim_core()
            chosen = msgspec.structs.replace(chosen, core=core)
        self._process = SuiteProcess(chosen)
        return self._answer()

    def tell(self, kind: str, content: bytes) -> None:
        """Pass on what has no answer."""
        assert self._process is not None  # noqa: S101 - it was begun
        self._process.ask(kind, content)

    def ask(self, kind: str, content: bytes) -> Answer:
        """Pass on a request, and its answer."""
        self.tell(kind, content)
        return self._answer()

    def end(self) -> str:
        """Leave nothing behind; the last thing that the suite process said on standard error."""
        said = self._process.end() if self._process is not None else ""
        self._process = None
        if self._course is not None:
            scratch.leave(self._course)
            self._course = None
        scratch.sweep()  # what slots that were killed have left
        return said

    def _answer(self) -> Answer:
        assert self._process is not None  # noqa: S101 - it was begun
        message = self._process.answer()
        return message.kind, message.body, bytes(message.buffers[0]) if message.buffers else b""


def _claim_core() -> tuple[int | None, socket.socket | None]:
    """A processor that no other slot of this machine has, and what holds it while this process lives.

    A name in the abstract namespace: the kernel gives it back however the process ends.
    """
    for core in sorted(os.sched_getaffinity(0)):
        claim = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(OSError):
            claim.bind(f"\0autograder-core-{core}")
            return core, claim
        claim.close()
    return None, None

"""The grader's hold on the process that checks speed: starts it, asks it, and starts it again if it is lost."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
import tempfile
from typing import IO

from autograder.errors import CourseError, GraderFault
from autograder.model import Feedback, Outcome, Submission
from autograder.speed.verdict import Job, Setup, Verdict, decode_verdict, encode
from autograder.wire import Connection, Message, ProtocolError
from autograder.worker.interpreter import STEADY

START_S = 300.0
CHECK_S = 600.0  # for one check with its preflights; no honest one takes a tenth of it
ATTEMPTS = 2


class Timer:
    """Speed checks of one assignment, in a process of their own. Use it as a context manager.

    Args:
        setup: which assignment, and how student code is walled in.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._socket: socket.socket | None = None
        self._errors: IO[bytes] | None = None

    def __enter__(self) -> Timer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check(self, submission: Submission, question: str, *, final: bool = False) -> Verdict:
        """One speed check; a process that is lost costs one attempt.

        Raises:
            CourseError, GraderFault: the process cannot be set up.
        """
        said = ""
        for _ in range(ATTEMPTS):
            connection = self._connected()
            try:
                connection.send(Message(1, "check", None, [encode(Job(submission, question, final))]))
                return decode_verdict(self._answer(connection, CHECK_S).buffers[0])
            except (EOFError, OSError, ProtocolError) as problem:
                self.close()
                said = str(problem) or type(problem).__name__
        message = f"the process that checks speed was lost {ATTEMPTS} times"
        return Verdict(question, Outcome.GRADER_ERROR, Feedback(message, detail=said))

    def close(self) -> None:
        """End the process; may be called again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            try:
                self._process.wait(10)  # it ends its workers first
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._errors is not None:
            self._errors.close()
            self._errors = None

    def _connected(self) -> Connection:
        if self._connection is not None:
            return self._connection
        ours, theirs = socket.socketpair()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - a pipe that nobody reads would block it
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "autograder.speed.server", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env={**os.environ, **STEADY},
                start_new_session=True,  # whose priority it may raise
            )
        self._socket, self._connection = ours, Connection(ours)
        try:
            self._connection.send(Message(0, "setup", None, [encode(self._setup)]))
            answer = self._answer(self._connection, START_S)
        except (EOFError, OSError, ProtocolError):
            raise GraderFault(f"the process that checks speed did not start: {self._said()}") from None
        if answer.kind == "failed":
            self.close()
            kind, _, text = str(answer.body).partition(": ")
            raise CourseError(text) if kind == "CourseError" else GraderFault(text)
        return self._connection

    def _answer(self, connection: Connection, seconds: float) -> Message:
        assert self._socket is not None  # noqa: S101 - it is connected
        if not select.select([self._socket], [], [], seconds)[0]:
            raise TimeoutError("it did not answer in time")
        return connection.receive()

    def _said(self) -> str:
        """The last line on its standard error; it is closed then."""
        lines: list[str] = []
        if self._errors is not None:
            with contextlib.suppress(OSError):
                self._errors.seek(0)
                lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        self.close()
        return lines[-1] if lines else "it ended"

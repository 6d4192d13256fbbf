"""Serves one connection with one session: the loop of a process that runs student code."""

from __future__ import annotations

import contextlib
import os
import sys

from autograder.wire import Connection, Message, ProtocolError
from autograder.worker.report import describe_error
from autograder.worker.session import Session


class Server:
    """Serves one connection with one session; while a callback is under way, serves what the callback asks for."""

    def __init__(self, connection: Connection, shared: int | None = None, device: str = "") -> None:
        self._connection = connection
        self._session = Session(self._call_back, shared, device)
        self._pid = os.getpid()

    def serve(self) -> None:
        """Answer requests until the other side closes the connection."""
        self._session.record_warnings()
        while True:
            try:
                message = self._connection.receive()
            except EOFError:
                return
            answer = self._session.handle(message)
            _flush()
            if os.getpid() != self._pid:  # a fork of the student's that came back from the call
                os._exit(0)
            try:
                self._connection.send(answer)
            except ProtocolError:  # larger than an answer may be
                self._connection.send(Message(answer.ident, "error", describe_error(sys.exc_info(), None, "answer")))

    def _call_back(self, message: Message) -> Message:
        self._connection.send(message)
        while True:
            answer = self._connection.receive()
            if answer.kind in ("returned", "raised"):
                return answer
            self._connection.send(self._session.handle(answer))


def _flush() -> None:
    """Let what was printed be in the pipe before the answer is, so that it belongs to this test."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the student's code may have replaced or closed it
            stream.flush()

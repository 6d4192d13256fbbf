"""One request and its answer.

`ProcessLink` speaks to a worker process, with a deadline, and drains its output meanwhile. `InlineLink` hands the same
messages to a session in this process, for breakpoints and for comparing the two: whatever a suite sees goes through
the same encoding either way.
"""

from __future__ import annotations

import os
import select
import signal
import time
import warnings
from collections.abc import Callable
from typing import Protocol

from autograder.model import Limits, Outcome
from autograder.remote.faults import WorkerBroke
from autograder.wire import Connection, Message, ProtocolError, carried
from autograder.worker.launch import Worker
from autograder.worker.messages import Ending
from autograder.worker.session import Session

CallBack = Callable[[Message], Message]
KEPT_OUTPUT_BYTES = 64 << 10


class Link(Protocol):
    """A way to one worker."""

    @property
    def broken(self) -> bool:
        """Whether it can give no more answers."""

    def request(self, message: Message, call_back: CallBack) -> Message:
        """The worker's answer; `call_back` answers its callbacks meanwhile.

        Raises:
            WorkerBroke: there is none.
        """

    def allow(self, seconds: float, what: str) -> None:
        """Start the clock: all requests from now on together may take this long; `what` names the limit."""

    def take_output(self) -> str:
        """What the student's code has printed since the last time."""

    def close(self) -> None:
        """End the worker; may be called again."""


class ProcessLink:
    """A link to a worker process."""

    def __init__(self, worker: Worker, limits: Limits) -> None:
        self._worker = worker
        self._limits = limits
        self._deadline = float("inf")
        self._allowed = (0.0, "")
        self._output = bytearray()
        self._output_bytes = 0
        self._output_open = True
        self.broken = False
        self._calls = worker.calls.fileno()
        self._event = 0
        self._poll = select.poll()
        self._poll.register(worker.output, select.POLLIN)
        self._connection = Connection(
            worker.calls,
            max_bytes=limits.answer_bytes,
            wait_readable=lambda: self._wait(select.POLLIN),
            wait_writable=lambda: self._wait(select.POLLOUT),
        )

    def request(self, message: Message, call_back: CallBack) -> Message:
        """Send, and receive until the answer to this very message comes."""
        if self.broken:
            raise WorkerBroke(Outcome.CRASHED, "the process that ran your code has ended")
        try:
            self._send(message)
            while True:
                answer = self._connection.receive()
                if answer.kind != "callback":
                    break
                self._send(call_back(answer))
            if answer.ident != message.ident or answer.kind not in ("ok", "error"):
                raise ProtocolError("an answer to another question")
            return answer
        except (EOFError, ConnectionError):
            raise self._broke(self._explain_ending()) from None
        except ProtocolError as problem:
            raise self._broke(no_valid_answer(str(problem))) from None
        except BaseException:
            self.close()  # a deadline, or a callback that ended the test: nothing is known of the worker's state
            raise

    def allow(self, seconds: float, what: str) -> None:
        """Start the clock."""
        self._deadline = time.monotonic() + seconds
        self._allowed = (seconds, what)
        self._output_bytes = 0

    def take_output(self) -> str:
        """What has arrived in the pipe."""
        if not self.broken:
            self._drain()
        text = self._output.decode("utf-8", "replace")
        self._output.clear()
        return text

    def close(self) -> None:
        """End the worker."""
        if not self.broken:
            self.broken = True
            self._drain()
            self._worker.end()

    def _send(self, message: Message) -> None:
        try:
            self._connection.send(message)
        except ConnectionError:
            raise EOFError from None

    def _wait(self, event: int) -> None:
        """Wait until the socket is ready; drain the output meanwhile."""
        calls = self._calls
        if event != self._event:
            self._poll.register(calls, event)
            self._event = event
        while True:
            remaining = self._deadline - time.monotonic()
            if remaining <= 0:
                seconds, what = self._allowed
                raise WorkerBroke(Outcome.TIMEOUT, f"took longer than {seconds:g} s, the limit for {what}")
            ready = self._poll.poll(min(remaining, 3600) * 1000)
            if any(descriptor != calls for descriptor, _ in ready):
                self._drain()
            if any(descriptor == calls for descriptor, _ in ready):
                return

    def _drain(self) -> None:
        while self._output_open:
            try:
                chunk = os.read(self._worker.output, 1 << 16)
            except BlockingIOError:
                return
            if not chunk:
                self._output_open = False
                self._poll.unregister(self._worker.output)
            self._output_bytes += len(chunk)
            self._output += chunk[: KEPT_OUTPUT_BYTES - len(self._output)]
            if self._output_bytes > self._limits.output_bytes and not self.broken:
                size = size_text(self._limits.output_bytes)
                raise WorkerBroke(Outcome.CRASHED, f"printed more than {size}, the limit for one test")

    def _broke(self, problem: WorkerBroke) -> WorkerBroke:
        self.close()
        return problem

    def _explain_ending(self) -> WorkerBroke:
        return explain_ending(self._worker.ending(), self._limits)


class InlineLink:
    """A link to a session in this process: no limits and no isolation, but breakpoints work."""

    def __init__(self) -> None:
        self.broken = False
        self._call_back: CallBack | None = None
        self._session = Session(self._answer_callback)

    def request(self, message: Message, call_back: CallBack) -> Message:
        """Let the session handle it."""
        previous, self._call_back = self._call_back, call_back
        try:
            with warnings.catch_warnings():
                self._session.record_warnings()
                return carried(self._session.handle(carried(message)))
        finally:
            self._call_back = previous

    def allow(self, seconds: float, what: str) -> None:
        """Nothing to do: there is no clock in process, a breakpoint may take all day."""

    def take_output(self) -> str:
        """Nothing: what is printed goes to the terminal."""
        return ""

    def close(self) -> None:
        """Forget the student's modules."""
        if not self.broken:
            self.broken = True
            self._session.close()

    def _answer_callback(self, message: Message) -> Message:
        if self._call_back is None:
            raise ProtocolError("a callback outside a call")
        return carried(self._call_back(carried(message)))


def no_valid_answer(detail: str) -> WorkerBroke:
    """A worker that sent what the wire does not allow."""
    return WorkerBroke(Outcome.ERROR, "gave no valid answer", detail)


def explain_ending(ending: Ending, limits: Limits) -> WorkerBroke:
    """What a student reads when the worker ended in the middle of a test."""
    match ending.reason:
        case "memory":
            limit = size_text(limits.memory_bytes)
            return WorkerBroke(Outcome.OUT_OF_MEMORY, f"used more than {limit} of memory, the limit for one test")
        case "processes":
            message = f"started more than {limits.processes} processes and threads, the limit for one test"
            return WorkerBroke(Outcome.CRASHED, message, ending.detail)
        case "signal" if ending.status == signal.SIGSEGV:
            return WorkerBroke(Outcome.CRASHED, "ended the process: segmentation fault (signal 11)")
        case "signal" if ending.status == signal.SIGXFSZ:
            return WorkerBroke(Outcome.CRASHED, f"wrote a file larger than {size_text(limits.file_bytes)}, the limit")
        case "signal":
            name = signal.Signals(ending.status).name if ending.status in set(signal.Signals) else "unknown"
            return WorkerBroke(Outcome.CRASHED, f"ended the process: signal {ending.status} ({name})")
        case "exit":
            return WorkerBroke(Outcome.CRASHED, f"ended the process with exit status {ending.status}")
    return WorkerBroke(Outcome.GRADER_ERROR, "the grader could not run your code", ending.detail)


def size_text(count: int) -> str:
    """A number of bytes as a person writes it, say 1.5 GiB."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit:
            return f"{count / unit:g} {name}"
    return f"{count} bytes"

"""One request and its answer, over the socket of a worker process.

There is a deadline, and the worker's output is drained meanwhile. `inline` is the same without a process.

A limit is wall clock, less the time in which the worker, or this process, was ready to run and other programs had the
processors: work that meets its limit on a quiet machine meets it on a busy one.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from typing import Protocol

from autograder.model import Limits, Outcome
from autograder.remote.endings import explain_ending, no_valid_answer, size_text
from autograder.remote.faults import WorkerBroke
from autograder.wire import Connection, Message, ProtocolError
from autograder.worker.launch import Worker
from autograder.worker.layers import waiting
from autograder.worker.spawn import PlainWorker

CallBack = Callable[[Message], Message]
KEPT_OUTPUT_BYTES = 64 << 10
MOST_WAITING = 9.0  # times the limit: the most that work which `waiting` does not see, in forsaken children, can gain


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


class SocketLink:
    """What links to worker processes share; how to wait and where output comes from is theirs."""

    def __init__(self, worker: Worker | PlainWorker, limits: Limits) -> None:
        self._worker = worker
        self._limits = limits
        self._deadline = float("inf")
        self._allowed = (0.0, "")
        self._began = self._waited_before = 0.0
        self._output = bytearray()
        self._output_bytes = 0
        self.broken = False
        self.sleep_s = 3600.0  # at most, between two looks whether the worker has answered
        self._connection = Connection(
            worker.calls,
            max_bytes=limits.answer_bytes,
            wait_readable=lambda: self._wait(to_write=False),
            wait_writable=lambda: self._wait(to_write=True),
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
                self._time_left()  # callbacks that never let the socket run dry would not meet `_wait`
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
        self._began, self._waited_before = time.monotonic(), waiting.waited_here_s()
        self._deadline = self._began + seconds
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

    def _wait(self, *, to_write: bool) -> None:
        """Wait until the socket is ready; drain the output meanwhile.

        Raises:
            WorkerBroke: the time is up.
        """
        while not self._ready(min(self._time_left(), self.sleep_s), to_write=to_write):
            pass

    def _time_left(self) -> float:
        """Seconds until the deadline.

        Raises:
            WorkerBroke: there are none.
        """
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            remaining = self._put_off()
        if remaining <= 0:
            seconds, what = self._allowed
            raise WorkerBroke(Outcome.TIMEOUT, f"took longer than {seconds:g} s, the limit for {what}")
        return remaining

    def _put_off(self) -> float:
        """Put the deadline off by what the machine was too busy for; the seconds that are left.

        The worker's own waiting is known since its start, which may be some tests ago: it gets the benefit of that.
        """
        seconds, _ = self._allowed
        waited = self._worker.waited_s() + waiting.waited_here_s() - self._waited_before
        self._deadline = self._began + seconds + min(waited, MOST_WAITING * seconds)
        return self._deadline - time.monotonic()

    def _ready(self, seconds: float, *, to_write: bool) -> bool:
        """Wait at most `seconds`; whether the socket can be read, or written."""
        raise NotImplementedError

    def _drain(self) -> None:
        """Take what the worker has printed so far, with `_keep`."""
        raise NotImplementedError

    def _keep(self, chunk: bytes) -> None:
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


class ProcessLink(SocketLink):
    """A link to a forked worker, whose output comes through a pipe."""

    def __init__(self, worker: Worker, limits: Limits) -> None:
        super().__init__(worker, limits)
        self._pipe = worker.output
        self._pipe_open = True
        self._calls = worker.calls.fileno()
        self._event = 0
        self._poll = select.poll()
        self._poll.register(self._pipe, select.POLLIN)

    def _ready(self, seconds: float, *, to_write: bool) -> bool:
        event = select.POLLOUT if to_write else select.POLLIN
        if event != self._event:
            self._poll.register(self._calls, event)
            self._event = event
        ready = [descriptor for descriptor, _ in self._poll.poll(seconds * 1000)]
        if any(descriptor != self._calls for descriptor in ready):
            self._drain()
        return self._calls in ready

    def _drain(self) -> None:
        while self._pipe_open:
            try:
                chunk = os.read(self._pipe, 1 << 16)
            except BlockingIOError:
                return
            if self.broken and self._output_bytes > self._limits.output_bytes:
                return  # what it prints from now on is nobody's; a flood would keep us here for ever
            if not chunk:
                self._pipe_open = False
                self._poll.unregister(self._pipe)
            self._keep(chunk)


class PlainLink(SocketLink):
    """A link to a plain worker, whose output goes to a file."""

    _LOOK_S = 0.1  # how often the file is looked at while the worker computes

    def __init__(self, worker: PlainWorker, limits: Limits) -> None:
        super().__init__(worker, limits)
        self._read_output = worker.read_output
        self._sockets = [worker.calls]

    def _ready(self, seconds: float, *, to_write: bool) -> bool:
        readers, writers = ([], self._sockets) if to_write else (self._sockets, [])
        ready = select.select(readers, writers, [], min(seconds, self._LOOK_S))
        self._drain()
        return bool(ready[0] or ready[1])

    def _drain(self) -> None:
        while chunk := self._read_output():
            self._keep(chunk)

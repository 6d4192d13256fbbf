"""The trusted side's hold on workers: start a warm parent, ask it for a worker, learn how it ended."""

from __future__ import annotations

import array
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from autograder.errors import GraderFault
from autograder.model import Limits
from autograder.worker import interpreter
from autograder.worker.layers import waiting, watchdog
from autograder.worker.messages import Ending, Gpu, Grade, StartRequest, decode_ending, encode

START_TIMEOUT_S = 120.0  # the first import of torch from a cold disk is slow
ENDING_TIMEOUT_S = 10.0
CLOSING_TIMEOUT_S = 2.0  # from the end of the connection to the end of the process


class Worker:
    """One worker process: a socket for calls, a pipe that carries its output, a control socket that ends it."""

    def __init__(self, calls: socket.socket, control: socket.socket, output: int, parent: int) -> None:
        self.calls = calls
        self.output = output
        self._control = control
        self._parent = parent
        self._began = time.monotonic()

    @property
    def parent(self) -> int:
        """The warm parent's process id: every process below that one is the worker's."""
        return self._parent

    def waited_s(self) -> float:
        """How long it was ready to run and other programs had the processors, since it began."""
        return waiting.waited_s(watchdog.descendants(pid=self._parent)[0], time.monotonic() - self._began)

    def ending(self, timeout_s: float = ENDING_TIMEOUT_S) -> Ending:
        """How the worker ended, once its connection has; waits for that, at most `timeout_s`.

        One that closes its connection and lives on is ended: it must not look as if the grader had failed.
        """
        closed = not select.select([self._control], [], [], CLOSING_TIMEOUT_S)[0]
        if closed:
            self._control.shutdown(socket.SHUT_WR)  # the warm parent takes that for the end, kills, and reports
        if not select.select([self._control], [], [], timeout_s)[0]:
            return Ending("fault", 0, "the warm parent does not answer")
        data = self._control.recv(1 << 16)
        try:
            ending = decode_ending(data)
            return Ending("closed", peak_bytes=ending.peak_bytes) if closed and ending.reason == "signal" else ending
        except msgspec.MsgspecError:
            return Ending("signal", 9, "the warm parent of the worker was killed")

    def end(self) -> None:
        """Kill whatever is left of it and close the descriptors; the warm parent does the killing."""
        self._control.close()
        self.calls.close()
        if self.output >= 0:
            os.close(self.output)
            self.output = -1


class Forked:
    """A warm parent that was forked off this process.

    Args:
        pid: its process id.
        control: the socket for requests.
    """

    def __init__(self, pid: int, control: socket.socket) -> None:
        self.pid = pid
        self.control = control
        self._ended = os.pidfd_open(pid)

    def kill(self) -> None:
        """End it; it is a child of ours that nobody else waits for."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> None:
        """Until it has ended.

        Raises:
            subprocess.TimeoutExpired: it has not.
        """
        if not select.select([self._ended], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("the warm parent", timeout or 0.0)
        os.waitpid(self.pid, 0)
        os.close(self._ended)


class WarmParent:
    """A warm parent process, started when first needed and again if it should die.

    It has one worker at a time: starting another ends the one before.

    Args:
        modules: what it imports before it forks.
        sandbox: the grade of isolation of its workers.
        gpu: the GPU that they use, with tensors among the arguments of calls put there; or its number, where CUDA is
            not initialised; None for none.
        pinned: whether they are for speed checks, see `StartRequest`.
        forked: one that was forked off this process, by `parent.fork`, with these modules and this grade.
    """

    def __init__(
        self,
        modules: Sequence[str],
        sandbox: str = "limits",
        gpu: Gpu | int | None = None,
        *,
        pinned: bool = False,
        forked: Forked | None = None,
    ) -> None:
        self._modules = list(modules)
        self._pinned = pinned
        self._sandbox = sandbox
        self._gpu = gpu if isinstance(gpu, Gpu) else Gpu(gpu, device="")
        self._process: subprocess.Popen[bytes] | Forked | None = forked
        self._control = forked.control if forked is not None else None
        self._ready = False

    def start(self, workspace: Path, limits: Limits, shared: int | None = None) -> Worker:
        """A fresh worker whose current directory is `workspace`; `shared` is a descriptor of memory that it gets, too.

        Raises:
            GraderFault: the warm parent cannot be started.
        """
        request = encode(
            StartRequest(
                str(workspace),
                limits,
                Grade(self._sandbox),
                self._gpu.number,
                self._gpu.known_as,
                self._gpu.device,
                self._pinned,
            )
        )
        for _attempt in range(2):
            control = self._warm()
            try:
                return self._send(control, request, () if shared is None else (shared,))
            except OSError:  # it is gone: start another
                self.close()
        raise GraderFault("the warm parent of the workers died twice in a row")

    def close(self, *, at_once: bool = False) -> None:
        """End the warm parent and all its workers; may be called again, and used again."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            if at_once:
                self._process.kill()
            try:
                self._process.wait(ENDING_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
            if watchdog.adopts_orphans():  # what the worker of a warm parent that was killed has left behind
                watchdog.end_descendants()

    @property
    def pid(self) -> int | None:
        """The warm parent's process id, if it runs."""
        return self._process.pid if self._process is not None else None

    def begin(self) -> None:
        """Start the process without waiting until it is ready: its imports can go on meanwhile."""
        if self._process is not None:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                interpreter.command(
                    "autograder.worker.parent", str(theirs.fileno()), ",".join(self._modules), self._sandbox
                ),
                pass_fds=[theirs.fileno()],
                env={**interpreter.bare_environment(), **self._where_the_driver_is()},
                stdin=subprocess.DEVNULL,
                cwd="/",
            )
        self._control, self._ready = ours, False

    def _where_the_driver_is(self) -> dict[str, str]:
        """Where CUDA's own library lies, in containers that do not put it among the system's."""
        path = os.environ.get("LD_LIBRARY_PATH") if self._gpu.number is not None else None
        return {"LD_LIBRARY_PATH": path} if path else {}

    def _warm(self) -> socket.socket:
        """The control socket of a warm parent that is ready."""
        self.begin()
        assert self._control is not None  # noqa: S101 - `begin` made it
        if self._ready:
            return self._control
        self._control.settimeout(START_TIMEOUT_S)
        try:
            self._ready = self._control.recv(16) == b"ready"
        except OSError:
            self._ready = False
        if not self._ready:
            self.close(at_once=True)
            raise GraderFault(f"the warm parent of the workers did not start (it imports {', '.join(self._modules)})")
        self._control.settimeout(None)
        return self._control

    def _send(self, control: socket.socket, request: bytes, shared: tuple[int, ...]) -> Worker:
        calls, their_calls = socket.socketpair()
        status, their_status = socket.socketpair()
        output, their_output = os.pipe()
        try:
            descriptors = array.array("i", [their_calls.fileno(), their_status.fileno(), their_output, *shared])
            control.sendmsg([request], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
        except OSError:
            calls.close()
            status.close()
            os.close(output)
            raise
        finally:
            their_calls.close()
            their_status.close()
            os.close(their_output)
        os.set_blocking(output, False)
        assert self._process is not None  # noqa: S101 - it has a control socket
        return Worker(calls, status, output, self._process.pid)

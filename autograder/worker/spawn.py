"""The trusted side's hold on plain workers: a new Python process each, for systems that cannot fork."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import GraderFault
from autograder.wire import Connection, Message
from autograder.worker.layers import waiting
from autograder.worker.messages import Ending

START_TIMEOUT_S = 120.0
_ENDING_S = 2.0
_TOKEN_BYTES = 32


class PlainWorker:
    """One process: a socket for calls, and a file that takes its output.

    Raises:
        OSError: the process cannot be started.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        descriptor, path = tempfile.mkstemp(prefix="autograder-output-")
        self._output_path = Path(path)
        self._output = self._output_path.open("rb", buffering=0)  # a handle of our own: it has a position of its own
        self._token = secrets.token_bytes(_TOKEN_BYTES)
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self._began = time.monotonic()
        with os.fdopen(descriptor, "ab", buffering=0) as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "autograder.worker.plain", str(port), ",".join(modules)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env={**os.environ, "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "Agg"},
            )
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        with contextlib.suppress(OSError):  # then connecting says that it ended
            self._process.stdin.write(self._token)
            self._process.stdin.close()
        self._calls: socket.socket | None = None

    @property
    def calls(self) -> socket.socket:
        """The socket for calls, once the worker has been entered."""
        assert self._calls is not None  # noqa: S101
        return self._calls

    def enter(self, folder: Path) -> None:
        """Wait until it has started, and make `folder` its current directory.

        Raises:
            GraderFault: it did not start.
        """
        self._calls = self._accept()
        self._listener.close()
        Connection(self._calls).send(Message(0, "folder", str(folder)))

    def _accept(self) -> socket.socket:
        """The connection that knows the token: any program of this machine may knock."""
        self._listener.settimeout(0.2)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(TimeoutError):
                sock, _ = self._listener.accept()
                sock.settimeout(5.0)
                if secrets.compare_digest(_read(sock, _TOKEN_BYTES), self._token):
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    return sock
                sock.close()
        said = self.read_output().decode("utf-8", "replace").strip().splitlines()
        raise GraderFault(f"the process for your code did not start{f': {said[-1]}' if said else ''}")

    def read_output(self) -> bytes:
        """What it has printed since the last time, at most a mebibyte."""
        return self._output.read(1 << 20) or b""

    def waited_s(self) -> float:
        """How long it was ready to run and others had the processors, since it began; 0 where the system is silent."""
        return waiting.waited_s([self._process.pid], time.monotonic() - self._began)

    def ending(self) -> Ending:
        """How it ended."""
        try:
            status = self._process.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            return Ending("exit", 0, "it closed its connection")
        return Ending("signal", -status) if status < 0 else Ending("exit", status)

    def end(self) -> None:
        """Kill it; may be called again."""
        self._process.kill()
        self._process.wait()
        self._listener.close()
        if self._calls is not None:
            self._calls.close()
        self._output.close()
        self._output_path.unlink(missing_ok=True)


class PlainParent:
    """Starts plain workers; one is always under way, so that its imports are done when it is needed."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._modules = list(modules)
        self._spare: PlainWorker | None = PlainWorker(self._modules)

    def start(self, workspace: Path) -> PlainWorker:
        """A fresh worker whose current directory is `workspace`.

        Raises:
            GraderFault: it did not start.
        """
        worker = self._spare or PlainWorker(self._modules)
        self._spare = None
        try:
            worker.enter(workspace)
        except BaseException:
            worker.end()
            raise
        self._spare = PlainWorker(self._modules)
        return worker

    def close(self) -> None:
        """End the one that was under way; may be called again."""
        if self._spare is not None:
            self._spare.end()
            self._spare = None


def _read(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (chunk := sock.recv(size - len(data))):
        data += chunk
    return data

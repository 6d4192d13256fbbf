"""Namespaces and a fresh root for one worker after another, made by a process that holds little.

A fork copies the page tables of all that a process holds, and both sides pay again for every page that they write: with
torch in memory that takes longer than everything else about a worker. So the warm parent starts a builder that imports
none of it, `python -m autograder.worker.walls FD`; process 1 of each worker's namespaces comes from the builder, and
the worker alone from the warm parent, straight into these namespaces.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import msgspec

from autograder.worker import interpreter
from autograder.worker.layers import identity, kernel, namespaces, root, watchdog

BESIDE = 2  # processes beside a worker: the builder, and process 1; without root, one more between them
_ANSWER_BYTES = 1 << 12
_ENDING_S = 1.0


class Order(msgspec.Struct, frozen=True):
    """Warm parent to builder: what to build."""

    workspace: str  # the worker's folder, at the same path inside
    size_bytes: int  # of it, and of each of the temporary folders
    devices: tuple[str, ...]  # device nodes to show
    whole_proc: bool  # show what /proc tells of the machine, too
    user: int | None  # whom process 1 becomes; none where we are not root


class Answer(msgspec.Struct, frozen=True):
    """Builder to warm parent."""

    first: int = 0  # process 1 inside, as seen from outside
    outer: int = 0  # who made the namespaces: the same, or without root its parent
    problem: str = ""  # why there is none


_encode = msgspec.msgpack.Encoder().encode
_decode_order = msgspec.msgpack.Decoder(Order).decode
_decode_answer = msgspec.msgpack.Decoder(Answer).decode


class Walls:
    """Namespaces that hold as long as their process 1 lives.

    Args:
        first: that process, as seen from here.
        outer: who made the namespaces: process 1 itself, or without root its parent. The kernel lets nobody but root
            into the namespaces of process 1, which hides from whoever is inside.
    """

    def __init__(self, first: int, outer: int) -> None:
        self._first, self._outer = os.pidfd_open(first), os.pidfd_open(outer)
        self._processes = os.open(f"/proc/{outer}/ns/pid_for_children", os.O_RDONLY | os.O_CLOEXEC)

    @contextlib.contextmanager
    def around_children(self) -> Iterator[None]:
        """Children that this process, as root, forks meanwhile belong to the process namespace inside.

        Raises:
            OSError: the kernel does not allow it.
        """
        own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self.take_children()
            yield
            kernel.join(own, kernel.NEW_PIDS)
        finally:
            os.close(own)

    def take_children(self) -> None:
        """The same from now on: without root, nothing leads back.

        Raises:
            OSError: the kernel does not allow it.
        """
        kernel.join(self._processes, kernel.NEW_PIDS)

    def step_in(self) -> None:
        """Move this process, such a child, to the other namespaces and to the root there.

        Raises:
            OSError: the kernel does not allow it.
        """
        kernel.join(self._outer, namespaces.BESIDE_PROCESSES)

    def end(self) -> None:
        """Kill process 1, and the kernel whatever is left inside: process 1 ends after all others."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._first, signal.SIGKILL)
            until = time.monotonic() + _ENDING_S
            while not select.select([self._first], [], [], 0.001)[0] and time.monotonic() < until:
                watchdog.reap()  # without root, the worker has become our own, and its namespace waits for us
        for descriptor in (self._first, self._outer, self._processes):
            os.close(descriptor)


class Builder:
    """The warm parent's hold on the process that builds, a fresh one below it.

    Without root, the warm parent becomes the owner of a user namespace first, to which all namespaces that are built
    belong. Where that fails, `build` says so.
    """

    def __init__(self) -> None:
        self._problem = ""
        if os.geteuid() != 0:
            try:
                namespaces.own_users()
                kernel.keep_capabilities()
            except OSError as problem:
                self._problem = str(problem)
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                interpreter.command("autograder.worker.walls", str(number)),
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
            )
        self.pid = self._process.pid

    def build(self, order: Order) -> Walls:
        """Namespaces and a root, with process 1 in them.

        Raises:
            ConnectionError: the builder has ended.
            OSError: this host does not allow it.
        """
        if self._problem:
            raise OSError(self._problem)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGCONT)  # a speed check stops all that is below the warm parent
        self._socket.send(_encode(order))
        said = self._socket.recv(_ANSWER_BYTES)
        if not said:
            raise ConnectionError("the process that builds them has ended")
        answer = _decode_answer(said)
        if answer.problem:
            raise OSError(answer.problem)
        return Walls(answer.first, answer.outer)


def _serve(requests: socket.socket) -> None:
    """Build one after another until the warm parent ends; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps for us, and for process 1
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)  # /proc itself goes with the host's root
    prepared: tuple[str, ...] = ()
    while data := requests.recv(1 << 16):
        order = _decode_order(data)
        try:
            if prepared != order.devices:  # the first time: a warm parent has one kind of workers
                watchdog.die_with_parent()
                namespaces.begin()
                root.prepare(order.devices)
                prepared = order.devices
            namespaces.empty_network(root.outside("/proc"))
            answer = _build(order, own)
            root.forget(order.workspace)
        except OSError as problem:
            answer = Answer(problem=_told(problem))
        requests.send(_encode(answer))
    os._exit(0)


def _build(order: Order, own: int) -> Answer:
    """Fork what becomes, or forks, process 1, and wait until that has everything.

    Raises:
        OSError: it cannot be forked.
    """
    report, theirs = os.pipe()
    try:
        if order.user is None:  # without root, nothing leads back from another process namespace: the child leaves
            outer = os.fork()
            if outer == 0:
                _leave(order, theirs)
        else:
            namespaces.leave_processes()
            try:
                outer = os.fork()
                if outer == 0:
                    _leave(order, theirs, is_first=True)
            finally:
                kernel.join(own, kernel.NEW_PIDS)
    finally:
        os.close(theirs)
    with os.fdopen(report, "rb") as lines:
        said = dict(line.decode("utf-8", "replace").rstrip().split(" ", 1) for line in lines)
    return Answer(int(said.get("first", outer)), outer, said.get("problem", ""))


def _leave(order: Order, report: int, *, is_first: bool = False) -> None:
    """Build, and be process 1, or fork it and stay as long as it lives; never returns.

    `report` is closed when all is done, after a line on who process 1 is, if it was forked, and on what went wrong.
    """
    try:
        os.setsid()
        kernel.close_range(0, report - 1)
        kernel.close_range(report + 1, 0x7FFFFFFF)
        watchdog.die_with_parent()
        namespaces.leave()
        root.build(order.workspace, order.size_bytes)
        if not is_first:
            namespaces.leave_processes()
            first = os.fork()
            if first != 0:
                os.write(report, f"first {first}\n".encode())
                os.close(report)
                with contextlib.suppress(ChildProcessError):  # the kernel has reaped it
                    os.waitpid(first, 0)
                os._exit(0)
            watchdog.die_with_parent()
        root.enter(whole_proc=order.whole_proc)
        if order.user is not None:
            identity.become(order.user)
        kernel.drop_capabilities()
        watchdog.die_with_parent()  # a new identity has cleared it
        kernel.prctl(kernel.SET_DUMPABLE, 0)
        os.close(report)
        while True:
            signal.pause()
    except BaseException as problem:
        os.write(report, f"problem {_told(problem)}\n".encode())
    finally:
        os._exit(1)


def _told(problem: BaseException) -> str:
    return " ".join(f"{type(problem).__name__}: {problem}".split())[: _ANSWER_BYTES // 8]


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))

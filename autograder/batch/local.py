"""Suite processes on this machine, one for each core."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import subprocess
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec

from autograder import scratch
from autograder.batch.plan import Plan, SlotSetup, encode
from autograder.batch.run import LOST, Places, Slot, SlotExecutor
from autograder.wire import Connection, Message, ProtocolError
from autograder.worker import interpreter


class LocalExecutor(SlotExecutor):
    """Suite processes on this machine.

    Args:
        slots: how many submissions are graded at a time.
    """

    def __init__(self, slots: int | None = None) -> None:
        super().__init__()
        self._count = slots or len(os.sched_getaffinity(0))

    def places(self, plan: Plan) -> Places:
        """This machine."""
        return _Here(plan, self._count)


class SuiteProcess:
    """`python -m autograder.slot`: a socket to it, and a folder for all that it and its workers write.

    It begins as a process that student code may see the beginnings of, since it forks its warm parent; our environment
    and folder come afterwards, in the first message.
    """

    def __init__(self, setup: SlotSetup) -> None:
        self.socket, theirs = socket.socketpair()
        self._folder = scratch.make("slot")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`; a pipe that nobody reads would block it
        own = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}  # a token among them
        with theirs:
            workers = "inline" if setup.inline else setup.sandbox
            core = "" if setup.core is None else str(setup.core)
            self._process = subprocess.Popen(
                interpreter.command("autograder.slot", str(theirs.fileno()), core, workers, ",".join(setup.preload)),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env=interpreter.bare_environment(),
                cwd="/",
            )
        self._connection = Connection(self.socket)
        environment = {**own, **interpreter.STEADY, "TMPDIR": str(self._folder)}
        self._send(Message(0, "setup", [environment, str(Path.cwd())], [encode(setup)]))

    def ask(self, kind: str, content: bytes) -> None:
        """Send a request."""
        self._send(Message(1, kind, None, [content]))

    def answer(self) -> Message:
        """Its next message, or one that says that it is lost."""
        try:
            return self._connection.receive()
        except (EOFError, ConnectionError, ProtocolError):
            return Message(0, LOST, "it ended")

    def end(self) -> str:
        """Kill it; the last thing it said on standard error."""
        self._process.kill()
        self._process.wait()
        self._connection.close()
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        self._errors.close()
        scratch.remove(self._folder)
        return lines[-1] if lines else ""

    def _send(self, message: Message) -> None:
        with contextlib.suppress(ConnectionError):  # then `answer` says that it is lost
            self._connection.send(message)


def free_core(used: Iterable[int | None]) -> int | None:
    """A core that nobody uses; None where all are in use."""
    taken = set(used)
    return next((core for core in sorted(os.sched_getaffinity(0)) if core not in taken), None)


class _LocalSlot(Slot):
    def __init__(self, setup: SlotSetup) -> None:
        super().__init__()
        self.core = setup.core
        self.process = SuiteProcess(setup)

    def ask(self, kind: str, content: bytes) -> None:
        self.process.ask(kind, content)


class _Here:
    """So many places on this machine."""

    def __init__(self, plan: Plan, count: int) -> None:
        self._setup = plan.setup
        self._count = count
        self._slots: set[_LocalSlot] = set()
        self._selector = selectors.DefaultSelector()

    def room(self) -> bool:
        return len(self._slots) < self._count

    def start(self) -> Slot:
        core = free_core(slot.core for slot in self._slots)
        slot = _LocalSlot(msgspec.structs.replace(self._setup, core=core))
        self._slots.add(slot)
        self._selector.register(slot.process.socket, selectors.EVENT_READ, slot)
        return slot

    def wait(self, slots: Collection[Slot], seconds: float) -> list[tuple[Slot, Message]]:  # noqa: ARG002 - all of them
        return [(key.data, key.data.process.answer()) for key, _ in self._selector.select(seconds)]

    def end(self, slot: Slot) -> str:
        assert isinstance(slot, _LocalSlot)  # noqa: S101 - it was started here
        self._slots.discard(slot)
        self._selector.unregister(slot.process.socket)
        return slot.process.end()

    def close(self) -> None:
        self._selector.close()

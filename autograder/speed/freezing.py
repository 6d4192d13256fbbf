"""All processes of a worker stopped, or running; how much processor time they have used, and waited for.

Linux, by signals and /proc. What is stopped can neither compute on inputs that are being written, nor take the
processor from the other worker, nor write into results that are being read. A process can arrange to be woken all the
same (a timer that sends SIGCONT); then it has used processor time while it was meant to be stopped, which is looked at.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from autograder.errors import GraderFault
from autograder.worker.layers import waiting, watchdog

_PROC = Path("/proc")
_STOPPED = frozenset("TtZXx")  # stopped, or no more
_PATIENCE_S = 20.0  # on a machine where hundreds of others want to run, a signal waits for its turn
_FIRST = -15  # nice


class Queue(NamedTuple):
    """How long each process of a group has waited until now for a processor that somebody else had."""

    waited_s: tuple[float | None, ...]  # None: it has ended
    newest: str  # the process or thread of this machine that was begun last

    def lost_s(self, before: Queue) -> float:
        """Seconds since `before` in which others had the processor that one of the group wanted: the most of any.

        None where a process has begun anywhere, or one of the group has ended: the processor may have been its, and
        nobody can ask any more how long.
        """
        if not self.newest or self.newest != before.newest:
            return 0.0
        pairs = zip(self.waited_s, before.waited_s, strict=True)
        lost = [now - then for now, then in pairs if now is not None and then is not None]
        return max(lost, default=0.0) if len(lost) == len(self.waited_s) else 0.0


class Group:
    """The processes below a warm parent.

    Args:
        parent: its process id; it has one worker at a time.
    """

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._pids: list[int] = []

    def stop(self) -> None:
        """Stop every process; returns when all of them are.

        Raises:
            GraderFault: they do not stop.
        """
        quiet, until = 0, time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            self._pids, _threads = watchdog.descendants(pid=self._parent)
            running = [pid for pid in self._pids if not _is_stopped(pid)]
            for pid in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            quiet = 0 if running else quiet + 1
            if quiet == 2:  # one that was still running may have woken another in the round before
                return
            if running:
                os.sched_yield()  # where there is no other core, they need ours to stop
        raise GraderFault("the processes of a worker do not stop")

    def halt(self) -> None:
        """Stop the processes that are known, without looking for others: what the clock waits for. `stop` must follow.

        Raises:
            GraderFault: they do not stop.
        """
        for pid in self._pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            if all(map(_is_stopped, self._pids)):
                return
            os.sched_yield()
        raise GraderFault("the processes of a worker do not stop")

    def resume(self) -> None:
        """Let them run again."""
        for pid in self._pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def go_first(self) -> None:
        """Let its processes go before other programs: each session has a priority of its own."""
        for pid in self._pids:
            go_first(pid)

    def cpu_s(self) -> float:
        """Processor time of all of them since they began, threads that have ended included."""
        return sum(map(_cpu_s, self._pids))

    def queue(self) -> Queue:
        """How long they have waited for a processor: the main thread of each."""
        return Queue(tuple(waiting.of_task_s(_PROC / str(pid)) for pid in self._pids), _newest())

    def use_cores(self, cores: Collection[int]) -> None:
        """Keep the warm parent, and so each worker that it forks from now on, on these, before other programs."""
        with contextlib.suppress(ProcessLookupError):  # it has ended, and whoever asks it for a worker starts another
            os.sched_setaffinity(self._parent, cores)
        go_first(self._parent)


def go_first(pid: int = 0) -> None:
    """Let a process and those that it forks go before other programs, where we may ask for that (as root); 0: us.

    Its session has a priority of its own beside other sessions' (linux/Documentation/scheduler: autogroup).
    """
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, _FIRST)
        (_PROC / (str(pid) if pid else "self") / "autogroup").write_text(str(_FIRST))


def idlest_core(cores: Collection[int], pause_s: float = 0.1) -> int:
    """The one of these cores that did least in the last moment."""
    if len(cores) == 1:
        return min(cores)
    before = _idle()
    time.sleep(pause_s)
    after = _idle()
    return max(sorted(cores), key=lambda core: after.get(core, 0) - before.get(core, 0))


def off_core(core: int, cores: Collection[int]) -> Collection[int]:
    """`cores` without one, where there is another: who shares a core waits for the other's turn to end.

    Such a turn is as long as a window, and nobody can tell it from slow code.
    """
    return set(cores) - {core} or cores


def _idle() -> dict[int, int]:
    """Idle ticks by core."""
    found = {}
    for line in (_PROC / "stat").read_text().splitlines():
        name, *fields = line.split()
        if name.startswith("cpu") and name != "cpu":
            found[int(name[3:])] = int(fields[3]) + int(fields[4])
    return found


def _is_stopped(pid: int) -> bool:
    try:
        tasks = list((_PROC / str(pid) / "task").iterdir())
    except OSError:  # it has ended
        return True
    return all(_state(task / "stat") in _STOPPED for task in tasks)


def _state(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError:
        return "X"
    return chr(content[content.rindex(b")") + 2])


def _cpu_s(pid: int) -> float:
    """The process's clock (linux/include/linux/posix-timers.h: CPUCLOCK_SCHED of a process)."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _newest() -> str:
    """The last process id given away (proc_loadavg(5), the last number); empty where that cannot be read."""
    try:
        return (_PROC / "loadavg").read_text().split()[-1]
    except (OSError, IndexError):
        return ""

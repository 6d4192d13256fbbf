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


class Account(NamedTuple):
    """What the processes of a group have used and waited for until now."""

    begun: int  # processes and threads that this machine has begun, ever; -1 where it does not tell
    is_whole: bool  # no process belongs to the group that is not known
    cpu_s: dict[int, float]  # processor time by process, of those that live
    waited_s: dict[Path, float]  # by thread: how long it was ready to run and others had the processor

    def lost_s(self, before: Account) -> float | None:
        """Seconds since `before` in which others had the processor that the busiest process wanted; None: who knows.

        Nobody knows where a process or a thread has begun anywhere, or one of the group has ended: the processor may
        have been its, and there is nobody to ask how long.
        """
        known = self.is_whole and before.is_whole and self.begun == before.begun >= 0
        if not known or self.cpu_s.keys() != before.cpu_s.keys() or self.waited_s.keys() != before.waited_s.keys():
            return None
        if not self.cpu_s:
            return 0.0
        busiest = max(self.cpu_s, key=lambda pid: self.cpu_s[pid] - before.cpu_s[pid])
        own = _tasks_of(busiest)
        return max(
            (waited - before.waited_s[task] for task, waited in self.waited_s.items() if own in task.parents),
            default=0.0,
        )

    def used_s(self, before: Account) -> float:
        """Processor time since `before` of those that live."""
        return sum(used - before.cpu_s.get(pid, 0.0) for pid, used in self.cpu_s.items())


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
        return sum(used for pid in self._pids if (used := _cpu_s(pid)) is not None)

    def account(self) -> Account:
        """What they have used and waited for; what was begun is read first, so that nobody can begin unseen."""
        begun = _begun()
        living, _ = watchdog.descendants(pid=self._parent)
        cpu_s = {pid: used for pid in self._pids if (used := _cpu_s(pid)) is not None}
        waited_s = {}
        for pid in cpu_s:
            with contextlib.suppress(OSError):
                for task in _tasks_of(pid).iterdir():
                    waited = waiting.of_task_s(task)
                    if waited is not None:
                        waited_s[task] = waited
        return Account(begun, set(living) == cpu_s.keys() == set(self._pids), cpu_s, waited_s)

    def begin_on(self, core: int) -> None:
        """Have the next worker begin on this core, before other programs, with whoever stands beside it.

        They are woken and stopped with it: where only one side's had to wait for another core, that side was slower.
        """
        _keep_on(self._parent, [core])
        for pid in watchdog.descendants(pid=self._parent)[0]:
            _keep_on(pid, [core])
        go_first(self._parent)

    def go_on_from(self, others: Collection[int]) -> None:
        """Keep the warm parent, which watches over the worker that it has forked, on these cores."""
        _keep_on(self._parent, others)


def go_first(pid: int = 0) -> None:
    """Let a process and those that it forks go before other programs, where we may ask for that (as root); 0: us.

    Its session has a priority of its own beside other sessions' (sched(7): autogroup), which is raised where the
    process leads it: the session of a terminal holds other programs, too.
    """
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, _FIRST)
        if os.getsid(pid) == (pid or os.getpid()):
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


def _keep_on(pid: int, cores: Collection[int]) -> None:
    with contextlib.suppress(OSError):  # it has ended, or is another user's
        os.sched_setaffinity(pid, cores)


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
        tasks = list(_tasks_of(pid).iterdir())
    except OSError:  # it has ended
        return True
    return all(_state(task / "stat") in _STOPPED for task in tasks)


def _state(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError:
        return "X"
    return chr(content[content.rindex(b")") + 2])


def _cpu_s(pid: int) -> float | None:
    """The process's clock (linux/include/linux/posix-timers.h: CPUCLOCK_SCHED of a process); None if it has ended."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return None


def _tasks_of(pid: int) -> Path:
    return _PROC / str(pid) / "task"


def _begun() -> int:
    """Processes and threads begun since the machine was (proc_stat(5): `processes`)."""
    try:
        line = next(line for line in (_PROC / "stat").read_bytes().splitlines() if line.startswith(b"processes "))
        return int(line.split()[1])
    except (OSError, StopIteration):
        return -1

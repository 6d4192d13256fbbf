"""Promise: what a busy machine takes from student code does not count against its time.

Linux, by reading /proc; elsewhere nothing is known of it, and the answer is 0.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

_PROC = Path("/proc")


def waited_s(pids: Collection[int], lasted_s: float) -> float:
    """Seconds that the one of these processes' threads which waited longest was ready to run and others had the cores.

    Since it began, and without those that have ended. What these processes kept each other from is their own affair:
    of the time of the cores in the `lasted_s` seconds since they began, what they had themselves nobody took from them.
    """
    waited = max((of_task_s(task) or 0.0 for pid in pids for task in _tasks(pid)), default=0.0)
    if waited == 0:
        return 0.0
    return max(0.0, min(waited, lasted_s - worked_s(pids) / len(os.sched_getaffinity(0))))


def worked_s(pids: Collection[int]) -> float:
    """Seconds that these processes and their children that were waited for had a processor, all threads together."""
    return sum(map(_worked_s, pids))


def waited_here_s() -> float:
    """Seconds that the thread which asks was ready to run and others had the cores."""
    return of_task_s(_PROC / "thread-self") or 0.0


def of_task_s(task: Path) -> float | None:
    """The same of a thread, or of a process's first, by its folder in /proc; None if it has ended, or nobody counts."""
    try:  # nanoseconds on a processor, nanoseconds waiting for one, time slices; linux/Documentation/scheduler
        return int((task / "schedstat").read_bytes().split()[1]) * 1e-9
    except (OSError, IndexError, ValueError):
        return None


def _tasks(pid: int) -> list[Path]:
    try:
        return list((_PROC / str(pid) / "task").iterdir())
    except OSError:  # it has ended
        return []


def _worked_s(pid: int) -> float:
    try:  # the name, which may hold anything, ends with the last bracket; four counts of ticks; see man 5 proc_pid_stat
        ticks = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[11:15]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return 0.0

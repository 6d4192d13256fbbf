"""Promise: all processes of a worker together stay within its memory and number, and none outlives it.

Linux, by reading /proc. Between two looks a worker can exceed its limits for the length of the pause.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from autograder.model import Limits

PAUSE_S = 0.02
PR_SET_CHILD_SUBREAPER = 36
PR_GET_CHILD_SUBREAPER = 37
PR_SET_PDEATHSIG = 1

_PROC = Path("/proc")


class Breach(NamedTuple):
    """A limit that was exceeded."""

    reason: str  # "memory" or "processes"
    detail: str


class Watchdog:
    """Looks at the descendants of this process.

    Args:
        limits: what they may use together.
        below: how many generations of them are our own, and do not count.
        beside: how many of the rest are our own; of these, only the memory counts, which is little.
    """

    def __init__(self, limits: Limits, below: int = 0, beside: int = 0) -> None:
        self._limits = limits
        self._below = below
        self._beside = beside
        self.peak_bytes = 0

    def look(self) -> Breach | None:
        """The limit that the descendants exceed now, if any."""
        pids, tasks = descendants(self._below)
        tasks -= self._beside
        if tasks > self._limits.processes:
            return Breach("processes", f"{tasks} processes and threads")
        used = sum(map(_resident, pids))
        if used > self._limits.memory_bytes:  # counts pages shared with the warm parent: look closer
            used = sum(map(_proportional, pids))
        self.peak_bytes = max(self.peak_bytes, used)
        if used > self._limits.memory_bytes:
            return Breach("memory", f"{used >> 20} MiB")
        return None


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent ends, so that none can slip away."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def adopts_orphans() -> bool:
    """Whether this process has asked for that."""
    value = ctypes.c_int(0)
    _prctl(PR_GET_CHILD_SUBREAPER, ctypes.addressof(value))
    return bool(value.value)


def die_with_parent() -> None:
    """End this process when the one that forked it ends."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def descendants(below: int = 0, pid: int | None = None) -> tuple[list[int], int]:
    """The process ids below `pid`, and how many threads they have altogether; without the first generations.

    `pid` is this process if None.
    """
    found: list[int] = []
    tasks = 0
    waiting = _children(os.getpid() if pid is None else pid)[0]
    for _ in range(below):
        waiting = [child for pid in waiting for child in _children(pid)[0]]
    while waiting:
        pid = waiting.pop()
        children, threads = _children(pid)
        found.append(pid)
        tasks += threads
        waiting += children
    return found, tasks


def end_descendants(kept: Collection[int] = ()) -> bool:
    """Kill and reap every descendant but those `kept`: stop them all first, so that none can fork meanwhile.

    Returns: whether none is left; the kernel may take seconds for what holds much memory.
    """
    for _ in range(2000):
        pids = [pid for pid in descendants()[0] if pid not in kept]
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        reap()
        if not pids:
            return True
        time.sleep(0.001)
    return False


def reap() -> None:
    """Collect children that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _children(pid: int) -> tuple[list[int], int]:
    children: list[int] = []
    threads = 0
    try:
        for task in (_PROC / str(pid) / "task").iterdir():
            threads += 1
            children += map(int, (task / "children").read_text().split())
    except (FileNotFoundError, ProcessLookupError):
        pass  # it ended while we looked
    return children, threads


def _resident(pid: int) -> int:
    """Bytes in memory, swapped out, and in the page tables, which a process can make large without using any memory."""
    return _kibibytes(pid, "status", ("VmRSS:", "VmSwap:", "VmPTE:")) * 1024


def _proportional(pid: int) -> int:
    """The same, with each shared page divided among those that share it."""
    used = _kibibytes(pid, "smaps_rollup", ("Pss:", "SwapPss:"))
    return used * 1024 + _kibibytes(pid, "status", ("VmPTE:",)) * 1024 if used else _resident(pid)


def _kibibytes(pid: int, file: str, names: tuple[str, ...]) -> int:
    """The sum of the lines of these names; 0 if the file cannot be read, since the process has ended, or hides it."""
    try:
        lines = (_PROC / str(pid) / file).read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith(names))
    except (OSError, IndexError, ValueError):
        return 0


def _prctl(option: int, value: int) -> None:
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        raise OSError(ctypes.get_errno(), "prctl")

"""Promise: what a busy machine takes from student code does not count against its time.

Linux, by reading /proc; elsewhere nothing is known of it, and the answer is 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")


def waited_s(pids: Iterable[int]) -> float:
    """Seconds that the one of these processes' threads which waited longest was ready to run and got no processor.

    Since it began, and without those that have ended.
    """
    return max((_waited_s(task) for pid in pids for task in _tasks(pid)), default=0.0)


def waited_here_s() -> float:
    """The same of the thread that asks."""
    return _waited_s(_PROC / "thread-self")


def _tasks(pid: int) -> list[Path]:
    try:
        return list((_PROC / str(pid) / "task").iterdir())
    except OSError:  # it has ended
        return []


def _waited_s(task: Path) -> float:
    try:  # nanoseconds on a processor, nanoseconds waiting for one, time slices; linux/Documentation/scheduler
        return int((task / "schedstat").read_bytes().split()[1]) * 1e-9
    except (OSError, IndexError, ValueError):
        return 0.0

"""Promise: one process of the worker cannot take more memory, open files or file size than its limits.

The kernel holds it by resource limits, which children inherit. Memory that is shared between processes is not counted
by RLIMIT_DATA, and RLIMIT_NPROC does not bind root: the watchdog counts both.
"""

from __future__ import annotations

import resource
from pathlib import Path

from autograder.model import Limits

GPU_FILES = 1024  # CUDA holds a descriptor for each of its maps


def apply(limits: Limits, *, with_gpu: bool = False) -> None:
    """Limit this process and all its children; cannot be undone by them (root excepted).

    With a GPU, CUDA maps many times the memory that it uses: the watchdog alone counts then.
    """
    _set(resource.RLIMIT_CORE, 0)
    if not with_gpu:
        _set(resource.RLIMIT_DATA, _own_data_bytes() + limits.memory_bytes)
    _set(resource.RLIMIT_FSIZE, limits.file_bytes)
    _set(resource.RLIMIT_NOFILE, max(limits.open_files, GPU_FILES) if with_gpu else limits.open_files)
    _set(resource.RLIMIT_NPROC, max(limits.processes, 1) + 512)  # counted per user: others of this user run too
    _set(resource.RLIMIT_MEMLOCK, 1 << 20)
    _set(resource.RLIMIT_MSGQUEUE, 0)


def _set(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _own_data_bytes() -> int:
    """Private writable memory that this process holds already, from the warm parent."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0

"""How Python processes of ours are started: with what environment, importing nothing from where they happen to run."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from autograder.worker.layers.root import LIBRARIES

CARRIED = "AUTOGRADER_ENGINE"
# glibc gives freed arrays of megabytes back to the kernel and pays for every page again with the next one; keeping
# them halves the time of a call with a 4 MB array. And one thread each: idle ones of another process's small
# operations spin, which on a busy machine made a suite's own side five times as slow.
STEADY = {
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}  # the environment of workers, suite processes and racers
_BARE = {
    **STEADY,
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    "MPLBACKEND": "Agg",
}


def be_steady() -> None:
    """Compute in this process as in those that it starts; before it imports NumPy or torch, which look only then."""
    os.environ.update(STEADY)


def isolated_mode() -> tuple[list[str], dict[str, str]]:
    """Flags and variables with which Python imports nothing from where it happens to run.

    Where the engine is not installed but was carried along, as in a container of otter's, AUTOGRADER_ENGINE says where;
    AUTOGRADER_LIBRARIES names folders with what it imports, which workers may read.
    """
    carried, libraries = os.environ.get(CARRIED), os.environ.get(LIBRARIES, "")
    if not carried:
        return ["-I"], {}
    path = f"{carried}{os.pathsep}{libraries}" if libraries else carried
    return ["-P", "-s"], {CARRIED: carried, "PYTHONPATH": path, **({LIBRARIES: libraries} if libraries else {})}


def command(module: str, *arguments: str) -> Sequence[str]:
    """What runs a module of ours in isolated mode."""
    return [sys.executable, *isolated_mode()[0], "-m", module, *arguments]


def bare_environment() -> dict[str, str]:
    """What such a process needs, and nothing else of ours: student code may see it."""
    return {**_BARE, **isolated_mode()[1]}

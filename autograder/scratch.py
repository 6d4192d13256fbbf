"""Folders for the time that a process lives; what one that was killed has left behind goes with the next.

Each holds a file that its process keeps locked. The kernel gives the lock back when the process ends, however it ends:
a folder whose lock is free is nobody's. Process ids would not tell: they are used again and shared.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where nothing is graded
    fcntl = None  # type: ignore[assignment]

_PREFIX = "autograder-"
_LOCK = ".owner"
_held: dict[Path, int] = {}  # descriptors of the locks of this process


def make(kind: str) -> Path:
    """A new folder named after `kind`, which only who knows its name can enter; abandoned ones are removed first."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{kind}-"))
    folder.chmod(0o711)  # a worker may be another user; it knows the name of its own folder alone
    if fcntl is not None:
        unlocked = folder / f"{_LOCK}.new"  # under its own name it is locked from the first moment
        descriptor = os.open(unlocked, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        unlocked.rename(folder / _LOCK)
        _held[folder] = descriptor
    return folder


def remove(path: Path) -> None:
    """Remove a folder, whatever student code has made in it, or a file."""
    if path.is_file():
        path.unlink()
    else:
        try:
            shutil.rmtree(path, ignore_errors=True)
        except RecursionError:  # thousands of folders in each other
            subprocess.run(["/bin/rm", "-rf", "--", str(path)], check=False)
    if path in _held:
        os.close(_held.pop(path))


def sweep() -> None:
    """Remove the folders of this user's whose processes are gone."""
    if fcntl is None:
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # it is another user's, or somebody else has just removed it
            _remove_if_abandoned(folder)


def _remove_if_abandoned(folder: Path) -> None:
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        return
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove(folder)
    finally:
        os.close(descriptor)

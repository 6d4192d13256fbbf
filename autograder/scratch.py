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
import time
from collections.abc import Callable
from pathlib import Path

from autograder.errors import HostError

try:
    import fcntl
except ImportError:  # Windows, where nothing is graded
    fcntl = None  # type: ignore[assignment]

_PREFIX = "autograder-"
_LOCK = ".owner"
_TRIES = 200
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


def share(name: str, fill: Callable[[Path], None]) -> Path:
    """A folder that all processes of this user's have in common: the first one fills it, the last one removes it.

    `name` must tell what is in it, as a digest does: whoever comes later takes what is there. Give it back by `leave`.

    Raises:
        HostError: somebody else has taken the name.
    """
    target = Path(tempfile.gettempdir()) / f"{_PREFIX}{name}"
    for _ in range(_TRIES):
        if not target.exists():
            made = make("new")
            try:
                fill(made)
                made.chmod(0o700)  # for this user's processes alone
                fcntl.flock(_held[made], fcntl.LOCK_SH)
                made.rename(target)
            except OSError:
                remove(made)
                if not target.exists():
                    raise
            else:
                _held[target] = _held.pop(made)
                return target
        with contextlib.suppress(OSError):  # it is being removed
            _held[target] = _shared_lock(target)
            return target
        time.sleep(0.05)
    raise HostError(f"{target}: in the way, and not ours; remove it")


def leave(folder: Path) -> None:
    """Give back a folder that `share` gave; it is removed if nobody else has it."""
    descriptor = _held[folder]
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(_held.pop(folder))
    else:
        doomed = folder.rename(folder.with_name(f"{folder.name}.{os.getpid()}"))  # nobody is to see half of it
        _held[doomed] = _held.pop(folder)
        remove(doomed)


def _shared_lock(folder: Path) -> int:
    """A lock on a folder of ours that others may have, too.

    Raises:
        OSError: it is not ours, or it is being removed.
    """
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise PermissionError(folder)
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(descriptor), (folder / _LOCK).stat()):
            raise FileNotFoundError(folder)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


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

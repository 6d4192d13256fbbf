"""Promise: a fresh root file system that shows only the listed paths, read-only, and folders of limited size.

Everything keeps the path that it has on the host, so that Python's own paths and a student's tracebacks hold.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.worker.layers import kernel

DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime")
_SCAFFOLD = "/tmp"  # where the new root is put together; any folder that is there # noqa: S108
_OLD, _NEW = "/old", "/new"
TEMPORARY = "/tmp"  # noqa: S108
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - torch's data loaders need it
LIBRARIES = "AUTOGRADER_LIBRARIES"  # folders of Python's libraries that lie elsewhere, see `worker.launch`
INODES = "nr_inodes=20000"  # of each of these folders; an option of mount


@functools.cache
def readable() -> tuple[str, ...]:
    """What Python needs to run: the system's libraries, Python itself, this package; nothing of a course."""
    pythons = {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, sys.exec_prefix)} | {sys.prefix}
    libraries = filter(None, os.environ.get(LIBRARIES, "").split(os.pathsep))
    wanted = {Path(__file__).parents[2], *map(Path, (*_SYSTEM, *pythons, *libraries))}
    return tuple(sorted(str(path) for path in wanted if not wanted & set(path.parents)))  # no path below another


def outside(path: str) -> str:
    """Where a path of the old root is, after `prepare`."""
    return _OLD + path


def prepare(devices: Sequence[str] = DEVICES) -> None:
    """Put together, in a mount namespace of our own, what the roots of all workers have in common.

    Args:
        devices: the device nodes to show.

    Raises:
        OSError: a mount failed.
    """
    kernel.mount(None, "/", None, kernel.RECURSIVE | kernel.PRIVATE | kernel.SILENT)
    no_devices = kernel.NO_SUID | kernel.NO_DEVICES
    kernel.mount("tmpfs", _SCAFFOLD, "tmpfs", no_devices, "size=1m,mode=755")
    for name in (_OLD, _NEW):
        Path(_SCAFFOLD + name).mkdir()
    kernel.pivot_root(_SCAFFOLD, _SCAFFOLD + _OLD)
    os.chdir("/")
    kernel.mount("tmpfs", _NEW, "tmpfs", no_devices, "size=4m,nr_inodes=4096,mode=755")
    for path in (TEMPORARY, SHARED_MEMORY, "/proc"):
        Path(_NEW + path).mkdir(parents=True)
    for path in (*devices, *readable()):
        _show(path)


def build(workspace: str, size_bytes: int) -> None:
    """Add what is one worker's own, in a copy of that namespace; its folder is copied.

    Args:
        workspace: the worker's folder, at the same path inside.
        size_bytes: of it, and of each of the temporary folders.

    Raises:
        OSError: a mount failed.
    """
    options = f"size={size_bytes},{INODES},mode=1777"
    for path in (TEMPORARY, SHARED_MEMORY):
        _cover(path, options)
    for path in readable():
        if path.startswith(f"{TEMPORARY}/"):  # Python may lie in the temporary folder
            _show(path)
    _cover(workspace, options)
    copy(_OLD + workspace, _NEW + workspace)


def forget(workspace: str) -> None:
    """Remove the place of a worker's folder from what all have in common, if it has come to be there."""
    with contextlib.suppress(OSError):
        os.removedirs(_NEW + workspace)


def enter(*, whole_proc: bool = False) -> None:
    """Make it the root, as process 1, and make the rest disappear.

    Args:
        whole_proc: show what /proc tells of the machine and its drivers, too, not of the processes inside alone.

    Raises:
        OSError: a mount failed.
    """
    show_processes(f"{_NEW}/proc", whole_proc=whole_proc)
    os.chdir(_NEW)
    kernel.pivot_root(".", ".")
    kernel.detach(".")
    os.chdir("/")
    kernel.mount(None, "/", None, kernel.REMOUNT | kernel.BIND | kernel.READ_ONLY | kernel.NO_SUID | kernel.NO_DEVICES)


def show_processes(target: str, *, whole_proc: bool = False) -> None:
    """Mount /proc, as a process of the namespace that it is to show.

    Raises:
        OSError: the mount failed; an ordinary user's does where parts of the /proc that is there are covered.
    """
    flags = kernel.NO_SUID | kernel.NO_DEVICES | kernel.NO_EXEC
    try:
        kernel.mount("proc", target, "proc", flags, None if whole_proc else "subset=pid")
    except PermissionError as problem:
        raise OSError(
            f"{problem}. If this is a container, parts of its /proc are covered; with Docker, "
            "--security-opt systempaths=unconfined leaves them open"
        ) from problem


def _cover(path: str, options: str) -> None:
    """Put an empty folder of limited size at a path of the new root."""
    Path(_NEW + path).mkdir(parents=True, exist_ok=True)
    kernel.mount("tmpfs", _NEW + path, "tmpfs", kernel.NO_SUID | kernel.NO_DEVICES, options)


def _show(path: str) -> None:
    """Let a path of the old root be seen in the new one, read-only; links stay links."""
    source, target = Path(_OLD + path), Path(_NEW + path)
    if source.is_symlink():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source.readlink())
        return
    if not source.exists():
        return
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    kernel.mount(str(source), str(target), None, kernel.BIND | kernel.RECURSIVE | kernel.SILENT)
    if not path.startswith("/dev/"):
        kernel.make_read_only(str(target))


def copy(source: str, target: str) -> None:
    """The files of a folder, as anybody's: the worker's user is another."""
    shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True)
    Path(target).chmod(0o777)
    for folder, folders, files in os.walk(target):
        for name in folders:
            Path(folder, name).chmod(0o777)
        for name in files:
            Path(folder, name).chmod(0o666)


def changeable(workspace: str) -> Sequence[str]:
    """The folders that may be changed."""
    return (workspace, TEMPORARY, SHARED_MEMORY)

"""Promise: what `namespaces` and `root` promise, with the namespaces and the root made by bubblewrap.

bwrap can only start programs, and a worker is forked from a warm parent that has imported its libraries. So bwrap makes
the walls around `cat`, which waits until its input ends, and ours steps in: the file system is complete once `cat` has
given a byte back. As an ordinary user that needs a bwrap without the setuid bit, whose namespaces belong to the user.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from autograder.worker.layers import kernel, namespaces, root

BESIDE = 3  # processes beside the worker: bwrap, process 1 inside, and the one that waits
_PROGRAMS = "/usr/local/bin:/usr/bin:/bin"
_INSTALL = "install it (`apt-get install bubblewrap`, `dnf install bubblewrap`)"


class Walls(NamedTuple):
    """Namespaces and a root that hold as long as their process lives."""

    holder: subprocess.Popen[bytes]
    first: int  # process 1 inside, as seen from here

    def disown(self) -> None:
        """After a fork: the process, and what keeps it waiting, are the parent's alone."""
        assert self.holder.stdin is not None  # noqa: S101 - it was asked for
        self.holder.stdin.close()
        self.holder.returncode = 0


def enter(workspace: str, size_bytes: int, devices: Sequence[str], *, as_root: bool) -> Walls:
    """Let bwrap make the walls, and step in; the next child is inside, with a copy of the worker's folder.

    Args:
        workspace: the worker's folder, at the same path inside.
        size_bytes: of it, and of each of the temporary folders.
        devices: the device nodes to show.
        as_root: whether we are root: then no user namespace is needed.

    Raises:
        OSError: there is no bwrap, it did not get what it needs, or it does not let us in.
    """
    walls = _build(workspace, size_bytes, devices, as_root=as_root)
    source = os.open(workspace, os.O_RDONLY | os.O_DIRECTORY)
    inside = os.pidfd_open(walls.first)
    try:
        kernel.join(inside, namespaces.ALL if as_root else namespaces.ALL | kernel.NEW_USERS)
    except OSError as problem:
        raise OSError(
            f"bubblewrap: no way into what it made ({problem}); a bwrap with the setuid bit serves root alone"
        ) from problem
    for path in root.changeable(workspace):
        kernel.mount(None, path, None, kernel.REMOUNT | kernel.NO_SUID | kernel.NO_DEVICES, root.INODES)
    os.fchdir(source)  # it lies outside of the root that we have now
    root.copy(".", workspace)
    os.chdir("/")
    os.close(source)
    os.close(inside)
    return walls


def arguments(workspace: str, size_bytes: int, devices: Sequence[str], *, as_root: bool) -> list[str]:
    """What bwrap is asked for, without its own name and the program."""
    asked = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup"]
    asked += ["--die-with-parent", "--clearenv", "--cap-drop", "ALL"]
    if not as_root:
        asked += ["--unshare-user", "--uid", str(namespaces.INSIDE), "--gid", str(namespaces.INSIDE)]
    for path in devices:
        asked += [*_folder_of(path), "--dev-bind-try", path, path]
    sized = ["--perms", "1777", "--size", str(size_bytes), "--tmpfs"]
    for path in (root.TEMPORARY, root.SHARED_MEMORY):
        asked += [*sized, path]
    for path in root.readable():  # after the temporary folder: Python may lie in it
        link = Path(path).is_symlink()
        shown = ["--symlink", str(Path(path).readlink()), path] if link else ["--ro-bind-try", path, path]
        asked += [*_folder_of(path), *shown]
    return [*asked, *sized, workspace, "--proc", "/proc", "--remount-ro", "/"]


def _folder_of(path: str) -> list[str]:
    """That the folder of a path can be entered: one that bwrap makes for a file on its way is closed to other users."""
    return ["--dir", str(Path(path).parent)]


def _build(workspace: str, size_bytes: int, devices: Sequence[str], *, as_root: bool) -> Walls:
    program = shutil.which("bwrap", path=_PROGRAMS)
    if program is None:
        raise OSError(f"bubblewrap: there is no bwrap in {_PROGRAMS}; {_INSTALL}")
    facts, theirs = os.pipe()
    asked = arguments(workspace, size_bytes, devices, as_root=as_root)
    holder = subprocess.Popen(
        [program, *asked, "--info-fd", str(theirs), "cat"],
        pass_fds=[theirs],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": _PROGRAMS},
        bufsize=0,
    )
    os.close(theirs)
    assert holder.stdin is not None and holder.stdout is not None and holder.stderr is not None  # noqa: S101, PT018
    with contextlib.suppress(BrokenPipeError):  # it has ended, and says why
        holder.stdin.write(b".")
    if holder.stdout.read(1) != b".":
        said = (holder.stderr.read() or b"").decode("utf-8", "replace").strip()
        raise OSError(f"bubblewrap: {said or 'it ended without a word'}")
    told = json.loads(os.read(facts, 1 << 16))
    for descriptor in (holder.stdout, holder.stderr):
        descriptor.close()
    os.close(facts)
    return Walls(holder, int(told["child-pid"]))

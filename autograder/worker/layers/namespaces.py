"""Promise: student code sees no other process, no network, no other host name, and none of the host's shared memory.

Without root, a user namespace comes first, in which workers are an unprivileged user.
"""

from __future__ import annotations

import os
from pathlib import Path

from autograder.worker.layers import kernel

INSIDE = 1000  # who the worker is in a user namespace
BESIDE_PROCESSES = (
    kernel.NEW_MOUNTS | kernel.NEW_NETWORK | kernel.NEW_IPC | kernel.NEW_HOST_NAMES | kernel.NEW_CGROUPS
)  # fmt: skip
ALL = BESIDE_PROCESSES | kernel.NEW_PIDS


def own_users() -> None:
    """Leave the host's user namespace for one in which this process, an ordinary user, may make the others.

    Raises:
        OSError: this host does not allow it.
    """
    user, group = os.getuid(), os.getgid()
    kernel.unshare(kernel.NEW_USERS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{INSIDE} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{INSIDE} {group} 1")


def own_mounts() -> None:
    """Leave the host's mount namespace.

    Raises:
        OSError: this host does not allow it.
    """
    kernel.unshare(kernel.NEW_MOUNTS)


def leave() -> None:
    """Leave the host's other namespaces, but that of processes.

    Raises:
        OSError: this host does not allow it.
    """
    kernel.unshare(BESIDE_PROCESSES)


def leave_processes() -> None:
    """Let the next child be process 1 of a namespace of its own, and all later ones, too, be in it.

    Raises:
        OSError: this host does not allow it.
    """
    kernel.unshare(kernel.NEW_PIDS)

"""Promise: student code sees no other process, no network, no other host name, and none of the host's shared memory.

Without root, a user namespace comes first, in which workers are an unprivileged user.
"""

from __future__ import annotations

import os
from pathlib import Path

from autograder.worker.layers import kernel

INSIDE = 1000  # who the worker is in a user namespace
OWN = kernel.NEW_MOUNTS | kernel.NEW_IPC | kernel.NEW_HOST_NAMES | kernel.NEW_CGROUPS
BESIDE_PROCESSES = OWN | kernel.NEW_NETWORK
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


def begin() -> None:
    """Leave the host's mounts, and its network for one that workers, one after another, have in common.

    No interface of it is up, and nobody inside may change that. To make and remove one for each worker took a seventh
    of the time of a small submission.

    Raises:
        OSError: this host does not allow it.
    """
    kernel.unshare(kernel.NEW_MOUNTS | kernel.NEW_NETWORK)


def empty_network(proc: str) -> None:
    """See that no socket is left there of the worker before, say one on its way in a message of its own; else leave.

    Args:
        proc: where /proc is.

    Raises:
        OSError: this host does not allow it.
    """
    with open(f"{proc}/self/net/unix", "rb") as sockets:  # noqa: PTH123 - once for each worker
        if len(sockets.readlines()) > 1:
            kernel.unshare(kernel.NEW_NETWORK)


def leave() -> None:
    """Leave all others for new ones, but that of processes.

    Raises:
        OSError: this host does not allow it.
    """
    kernel.unshare(OWN)


def leave_processes() -> None:
    """Let the next child be process 1 of a namespace of its own, and all later ones, too, be in it.

    Raises:
        OSError: this host does not allow it.
    """
    kernel.unshare(kernel.NEW_PIDS)

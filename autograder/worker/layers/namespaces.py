"""Promise: student code sees no other process, no network, no other host name, and none of the host's shared memory.

Without root, a user namespace comes first, in which the worker is an unprivileged user of its own.
"""

from __future__ import annotations

import os
from pathlib import Path

from autograder.worker.layers import kernel

INSIDE = 1000  # who the worker is in a user namespace
ALL = (
    kernel.NEW_MOUNTS | kernel.NEW_PIDS | kernel.NEW_NETWORK | kernel.NEW_IPC
    | kernel.NEW_HOST_NAMES | kernel.NEW_CGROUPS
)  # fmt: skip


def leave(*, as_root: bool) -> None:
    """Leave the host's namespaces; the next child is process 1 of its own.

    Raises:
        OSError: this host does not allow it.
    """
    if as_root:
        kernel.unshare(ALL)
        return
    user, group = os.getuid(), os.getgid()
    kernel.unshare(ALL | kernel.NEW_USERS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{INSIDE} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{INSIDE} {group} 1")

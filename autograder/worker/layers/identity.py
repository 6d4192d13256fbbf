"""Promise: student code is neither root nor the grader's user, and has no capability.

As root, a worker becomes a user that nobody is, one for each warm parent, so that it can neither signal another's
processes nor fill its quota. Otherwise a user namespace of its own serves (`namespaces`).
"""

from __future__ import annotations

import os

from autograder.worker.layers import kernel

_FIRST = 0x70000000  # far above the users of any system


def job_user() -> int:
    """The user for the workers of this warm parent."""
    return _FIRST + os.getpid()


def become(user: int) -> None:
    """Give up being root.

    Raises:
        OSError: it did not work.
    """
    kernel.bound_capabilities()
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if os.getresuid() != (user, user, user) or os.getgroups():
        raise OSError("user id: the change did not hold")

"""Promise: no file outside the listed paths can be opened or changed, whatever the root shows.

Linux 5.13 (ABI 1). Later ABIs add more: moving files between folders (2), truncating (3), TCP (4), ioctls on devices
(5), signals and abstract Unix sockets to processes outside (6). An older kernel leaves these to the other layers.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from autograder.worker.layers import kernel

NEEDED_ABI = 3  # below, files that may only be read could be truncated

_EXECUTE, _WRITE, _READ, _LIST = 1, 2, 4, 8
_REMOVE_FOLDER, _REMOVE_FILE, _MAKE_FOLDER, _MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_MAKE_SOCKET, _MAKE_FIFO, _MAKE_LINK, _MOVE, _TRUNCATE, _IOCTL = 1 << 9, 1 << 10, 1 << 12, 1 << 13, 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL
_HANDLED = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # ABI: how many of these rights it knows

READ = _EXECUTE | _READ | _LIST
DEVICE = _READ | _WRITE
CONTROLLED_DEVICE = DEVICE | _IOCTL  # with ioctls, which ABI 5 closes on all others
OVERWRITE = READ | _WRITE | _TRUNCATE  # files that are there
CHANGE = (
    READ | _WRITE | _REMOVE_FOLDER | _REMOVE_FILE | _MAKE_FOLDER | _MAKE_FILE
    | _MAKE_SOCKET | _MAKE_FIFO | _MAKE_LINK | _MOVE | _TRUNCATE
)  # fmt: skip


def abi() -> int:
    """What this kernel has; 0 if nothing."""
    try:
        return kernel.landlock_create(None, 0, 1)
    except OSError:
        return 0


def handled(version: int) -> int:
    """The rights on files that are denied, unless a rule grants them, under an ABI."""
    return (1 << _HANDLED[min(version, 5)]) - 1


def restrict(rules: Iterable[tuple[str, int]]) -> int:
    """Hold this process to the rules; paths that do not exist are left out.

    Args:
        rules: a path, and what is allowed below it: `READ`, `OVERWRITE`, `CHANGE`, `DEVICE` or
            `CONTROLLED_DEVICE`.

    Returns: the ABI that holds.

    Raises:
        OSError: the kernel has no Landlock, or an ABI below 3.
    """
    version = abi()
    if version < NEEDED_ABI:
        raise OSError(f"Landlock: this kernel has ABI {version}, {NEEDED_ABI} is needed (Linux 6.2)")
    denied = handled(version)
    fields = struct.pack("QQQ", denied, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = kernel.landlock_create(fields[:size], size, 0)
    for path, access in rules:
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        allowed = access & denied
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            allowed &= _OF_FILES
        kernel.landlock_add_path(ruleset, struct.pack("=Qi", allowed, place))
        os.close(place)
    kernel.prctl(kernel.NO_NEW_PRIVILEGES, 1)
    kernel.landlock_restrict(ruleset)
    os.close(ruleset)
    return version

"""System calls that Python does not wrap, by ctypes; each raises OSError with the name of what failed."""

from __future__ import annotations

import ctypes
import functools
import os
from typing import Any

NEW_MOUNTS = 0x00020000
NEW_CGROUPS = 0x02000000
NEW_HOST_NAMES = 0x04000000
NEW_IPC = 0x08000000
NEW_USERS = 0x10000000
NEW_PIDS = 0x20000000
NEW_NETWORK = 0x40000000
NEW_TIME = 0x00000080

READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC, REMOUNT, BIND, RECURSIVE, PRIVATE, SILENT = (
    1,
    2,
    4,
    8,
    32,
    4096,
    16384,
    1 << 18,
    1 << 15,
)  # fmt: skip - mount(2)
_DETACH = 2

SET_PARENT_DEATH_SIGNAL, SET_DUMPABLE, DROP_BOUNDING, SET_SUBREAPER, GET_SUBREAPER, NO_NEW_PRIVILEGES, AMBIENT = (
    1,
    4,
    24,
    36,
    37,
    38,
    47,
)  # fmt: skip - prctl(2)
RAISE_AMBIENT = 2

# x86-64; these numbers are the same on every architecture since Linux 5.1, except the first four.
_CAPGET, _CAPSET, _PIVOT_ROOT, _SECCOMP = 125, 126, 155, 317
_CLOSE_RANGE, _MOUNT_SETATTR, _LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 436, 442, 444, 445, 446
_AT_CWD, _AT_RECURSIVE = -100, 0x8000
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 63


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def call(number: int, *arguments: Any, what: str) -> int:
    """Any system call; integers are passed as longs, bytes as pointers, None as a null pointer."""
    converted = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _check(int(_libc().syscall(ctypes.c_long(number), *converted)), what)


def prctl(option: int, value: int = 0, more: int = 0) -> int:
    """Change one setting of this process."""
    zero = ctypes.c_ulong(0)
    result = _libc().prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(more), zero, zero)
    return _check(int(result), f"prctl {option}")


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` name for new ones."""
    _check(int(_libc().unshare(ctypes.c_int(flags))), "unshare")


def join(process: int, flags: int) -> None:
    """Move to the namespaces, of the kinds that `flags` name, of the process whose descriptor this is (Linux 5.8)."""
    _check(int(_libc().setns(ctypes.c_int(process), ctypes.c_int(flags))), "setns")


def mount(source: str | None, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    """Mount a file system, or show a part of one elsewhere."""
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    result = _libc().mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3])
    _check(int(result), f"mount {kind or source} on {target}")


def detach(target: str) -> None:
    """Unmount, as soon as nothing uses it any more."""
    _check(int(_libc().umount2(os.fsencode(target), _DETACH)), f"unmount {target}")


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root, and put the one before to `old`."""
    call(_PIVOT_ROOT, os.fsencode(new), os.fsencode(old), what="pivot_root")


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("users", ctypes.c_uint64),
    )


def make_read_only(path: str) -> None:
    """A mount and all below it: read-only, without devices and setuid programs (Linux 5.12)."""
    attributes = _MountAttributes(READ_ONLY | NO_SUID | NO_DEVICES, 0, 0, 0)
    size = ctypes.sizeof(attributes)
    call(
        _MOUNT_SETATTR, _AT_CWD, os.fsencode(path), _AT_RECURSIVE, ctypes.byref(attributes), size,
        what=f"mount_setattr {path}",
    )  # fmt: skip


def close_range(first: int, last: int) -> None:
    """Close all descriptors from `first` to `last`."""
    if first <= last:
        call(_CLOSE_RANGE, first, last, 0, what="close_range")


def bound_capabilities() -> None:
    """See to it that no capability can be gained; needs one itself, so it comes before giving them up."""
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            prctl(DROP_BOUNDING, capability)
        except OSError:  # the kernel knows fewer, or there is none to drop it with
            break


def drop_capabilities() -> None:
    """Give up every capability, for good: none can be gained by running a program either."""
    bound_capabilities()
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    call(_CAPSET, ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()), what="capset")
    prctl(NO_NEW_PRIVILEGES, 1)


def keep_capabilities() -> None:
    """Let the programs that this process runs have its capabilities, too: those of its user namespace (Linux 4.3)."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable: the lower bits of each, then the upper ones
    call(_CAPGET, ctypes.byref(header), ctypes.byref(sets), what="capget")
    sets[2], sets[5] = sets[1], sets[4]
    call(_CAPSET, ctypes.byref(header), ctypes.byref(sets), what="capset")
    for capability in range(_LAST_CAPABILITY + 1):
        if sets[1 + 3 * (capability >> 5)] >> (capability & 31) & 1:
            prctl(AMBIENT, RAISE_AMBIENT, capability)


def landlock_create(attributes: bytes | None, size: int, flags: int) -> int:
    """A ruleset's descriptor; the ABI's number with no attributes and flag 1."""
    return call(_LANDLOCK_CREATE, attributes, size, flags, what="landlock_create_ruleset")


def landlock_add_path(ruleset: int, rule: bytes) -> None:
    """Allow something below a path."""
    call(_LANDLOCK_ADD, ruleset, 1, rule, 0, what="landlock_add_rule")


def landlock_restrict(ruleset: int) -> None:
    """Hold this process and all that come from it to a ruleset."""
    call(_LANDLOCK_RESTRICT, ruleset, 0, what="landlock_restrict_self")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def seccomp_filter(program: bytes, length: int) -> None:
    """Hold this process and all that come from it to a filter of `length` instructions, eight bytes each."""
    buffer = ctypes.create_string_buffer(program, len(program))
    described = _Program(length, ctypes.cast(buffer, ctypes.c_void_p))
    call(_SECCOMP, 1, 0, ctypes.byref(described), what="seccomp")

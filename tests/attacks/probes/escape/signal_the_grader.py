"""Signals to the grader's processes, by every call that sends one.

layer: namespaces
restricted_layer: seccomp
walls_off: true
"""
import os
import signal

import intel
from tools import attempt, first, syscall

USER1 = int(signal.SIGUSR1)


def queued(number, *where):
    import struct

    return syscall(number, *where, USER1, struct.pack("3i", USER1, 0, -1) + bytes(116))


def attack():
    pid = intel.VICTIM
    return first(
        attempt(os.kill, pid, USER1),
        attempt(os.killpg, intel.VICTIM_GROUP, USER1),
        attempt(syscall, 200, pid, USER1),
        attempt(syscall, 234, pid, pid, USER1),
        attempt(lambda: syscall(424, syscall(434, pid, 0), USER1, None, 0)),
        attempt(queued, 129, pid),
        attempt(queued, 297, pid, pid),
    )

"""A core file of everything that it holds.

layer: rlimits
outcome: crashed
says: signal 3|SIGQUIT|signal 11|segmentation
"""
import ctypes
import resource

from tools import syscall


def attack():
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (1 << 30, 1 << 30))
    except (OSError, ValueError):
        pass
    syscall(157, 4, 1, 0, 0, 0)
    ctypes.string_at(0)

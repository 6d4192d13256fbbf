"""ptrace of the grader's processes.

layer: seccomp
walls_off: true
"""
import os

import intel
from tools import each, syscall


SEIZE = 0x4206


def attack():
    return each(syscall, [(101, SEIZE, pid, 0, 0) for pid in (intel.VICTIM, os.getppid(), 1)])

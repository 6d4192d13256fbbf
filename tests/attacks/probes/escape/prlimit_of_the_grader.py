"""Limits, processors, priorities and memory policy of the grader's processes.

layer: namespaces
restricted_layer: seccomp
walls_off: true
"""
import os
import resource
import struct

import intel
from tools import attempt, first, syscall


def attack():
    pid = intel.VICTIM
    return first(
        attempt(resource.prlimit, pid, resource.RLIMIT_NOFILE, (64, 64)),
        attempt(os.sched_setaffinity, pid, {0}),
        attempt(os.sched_setscheduler, pid, os.SCHED_BATCH, os.sched_param(0)),
        attempt(os.setpriority, os.PRIO_PROCESS, pid, 19),
        attempt(syscall, 251, 1, pid, (3 << 13)),
        attempt(syscall, 256, pid, 64, struct.pack("Q", 1), struct.pack("Q", 1)),
    )

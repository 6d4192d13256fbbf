"""Going before the grader: real-time scheduling, a lower nice value, the score that spares it when memory is short.

layer: seccomp
"""
import os

from tools import attempt, first, syscall


def score():
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("-1000")


def attack():
    return first(
        attempt(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(50)),
        attempt(os.nice, -15),
        attempt(os.setpriority, os.PRIO_PROCESS, 0, -10),
        attempt(syscall, 314, 0, bytes(48), 0),
        attempt(syscall, 251, 1, 0, (1 << 13)),
        attempt(score),
    )

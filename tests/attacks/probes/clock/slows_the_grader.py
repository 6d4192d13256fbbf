"""Slowing whoever measures: work on every core that it can reach, at the best priority that it can get.

layer: watchdog
outcome: failed
says: refused
"""
import os
import threading
import time


def spin():
    try:
        os.sched_setaffinity(0, range(os.cpu_count()))
        os.nice(-5)
    except OSError:
        pass
    end = time.monotonic() + 1
    while time.monotonic() < end:
        pass


def attack():
    for _ in range(4):
        if os.fork() == 0:
            spin()
            os._exit(0)
    spin()
    return "refused: the processes beside it ended with it"

"""Outliving its worker: a double fork in a session of its own, no death signal, a subreaper, every signal ignored.

layer: watchdog
outcome: crashed
says: ended the process
"""
import os
import signal
import time

import intel
from tools import syscall, write


def attack():
    for number in (*range(1, 9), *range(10, 19), *range(20, 32)):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    for option, value in ((1, 0), (36, 1), (4, 0)):
        try:
            syscall(157, option, value, 0, 0, 0)
        except OSError:
            pass
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(4)
                write(f"{intel.DROP}/outlived")
                time.sleep(60)
    os._exit(3)

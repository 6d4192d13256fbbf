"""ptrace between its own processes, from where a stopped child's system calls could be rewritten.

layer: seccomp
walls_off: true
"""
import os
import signal
import time

from tools import attempt, syscall


def attack():
    child = os.fork()
    if child == 0:
        time.sleep(2)
        os._exit(0)
    said = attempt(syscall, 101, 16, child, 0, 0)
    os.kill(child, signal.SIGKILL) if said.startswith("ESCAPED") else None
    return said

"""SIGSTOP to itself, and to everything that it may signal.

layer: watchdog
outcome: [timeout, failed]
says: took longer than 3 s|refused
"""
import os
import signal

from tools import attempt


def attack():
    said = attempt(os.kill, os.getpid(), signal.SIGSTOP)
    if said.startswith("refused"):
        return said
    os.kill(-1, signal.SIGSTOP)
    return "ESCAPED: it was not stopped"

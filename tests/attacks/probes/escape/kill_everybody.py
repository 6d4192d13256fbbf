"""SIGKILL to everybody that it may signal: its own group, its parent, all processes.

layer: namespaces
restricted_layer: seccomp
outcome: [failed, crashed]
says: refused|signal 9|gave no valid answer|ended the process
"""
import os
import signal

from tools import attempt, first


def attack():
    results = [attempt(os.kill, os.getppid(), signal.SIGKILL), attempt(os.kill, -1, signal.SIGKILL)]
    return "refused: " + first(*results)  # those that it reached were its own: the victim's check says whether

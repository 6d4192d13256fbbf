"""A controlling terminal: taking one, giving one's session away, reading its state.

layer: seccomp
"""
import fcntl
import os
import pty

from tools import attempt, first


def attack():
    return first(attempt(pty.openpty), attempt(fcntl.ioctl, 0, 0x540E, 1), attempt(fcntl.ioctl, 1, 0x5410, os.getpid()))

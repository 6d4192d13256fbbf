"""System calls that no filter sees, by way of io_uring.

layer: seccomp
walls_off: true
"""
from tools import attempt, syscall


def attack():
    return attempt(syscall, 425, 4, bytes(120))

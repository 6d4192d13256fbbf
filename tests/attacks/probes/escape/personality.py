"""A personality that maps memory at the same place, and everything readable executable; local descriptor tables.

layer: seccomp
walls_off: true
"""
from tools import attempt, first, syscall


def attack():
    return first(attempt(syscall, 135, 0x0440000), attempt(syscall, 154, 0, bytes(64), 64))

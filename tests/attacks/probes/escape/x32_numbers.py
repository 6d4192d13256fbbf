"""The x32 bit in a system call's number.

layer: seccomp
outcome: crashed
says: signal 31
"""
from tools import attempt, syscall


def attack():
    return attempt(syscall, 0x40000000 | 39)

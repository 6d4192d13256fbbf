"""clone3, whose flags lie in memory where no filter can see them.

layer: seccomp
walls_off: true
"""
import struct

from tools import attempt, syscall

NEW_USERS = 0x10000000


def clone3():
    arguments = struct.pack("8Q", NEW_USERS, 0, 0, 0, 17, 0, 0, 0)
    child = syscall(435, arguments, len(arguments))
    if child == 0:
        import os

        os._exit(0)
    return child


def attack():
    return attempt(clone3)

"""A new user namespace, in which one is root.

layer: seccomp
walls_off: true
"""
from tools import attempt, first, in_child, syscall

NEW_USERS = 0x10000000


def attack():
    return first(
        in_child(lambda: attempt(syscall, 272, NEW_USERS)),
        in_child(lambda: attempt(syscall, 56, NEW_USERS | 17, 0, 0, 0, 0)),
    )

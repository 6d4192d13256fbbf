"""The kernel's key rings: those of the session and of the user are shared with the grader's.

layer: seccomp
walls_off: true
"""
from tools import attempt, first, syscall


def attack():
    return first(
        attempt(syscall, 248, b"user", b"canary", b"x", 1, -2),
        attempt(syscall, 249, b"user", b"canary", None, 0),
        attempt(syscall, 250, 0, -3, 1),
        attempt(syscall, 250, 1, b"mine"),
    )

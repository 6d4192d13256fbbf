"""Page faults served by the attacker, which makes races in the kernel easy to win.

layer: seccomp
walls_off: true
"""
from tools import attempt, first, syscall


def attack():
    return first(attempt(syscall, 323, 0), attempt(syscall, 323, 1))

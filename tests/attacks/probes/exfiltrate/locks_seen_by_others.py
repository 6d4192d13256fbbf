"""A lock on a file that every worker can read, which another worker could feel.

layer: seccomp
walls_off: true
"""
import fcntl
import os
import sys

from tools import attempt, first


def attack():
    descriptor = os.open(os.path.realpath(sys.executable), os.O_RDONLY)
    return first(
        attempt(fcntl.flock, descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB),
        attempt(fcntl.lockf, descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB),
        attempt(fcntl.fcntl, descriptor, 1024, fcntl.F_RDLCK),
    )

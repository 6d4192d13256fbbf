"""One file larger than a file may be, also with holes and by allocating.

layer: rlimits
restricted_layer: Landlock
outcome: [failed, error, crashed]
says: refused|larger than 1 MiB
"""
import os

from tools import attempt, first


def large(way):
    with open("large", "wb") as file:
        way(file.fileno())
    return "large"


def attack():
    size = 64 << 20
    return first(attempt(large, lambda fd: os.posix_fallocate(fd, 0, size)),
                 attempt(large, lambda fd: os.ftruncate(fd, size)),
                 attempt(large, lambda fd: [os.write(fd, bytes(1 << 20)) for _ in range(64)]))

"""More open files than it may have.

layer: rlimits
outcome: [failed, error]
says: refused|opened more than 64 files
"""
import os

from tools import attempt


def attack():
    return attempt(lambda: [os.open("/dev/null", os.O_RDONLY) for _ in range(10_000)] and "10,000 open files")

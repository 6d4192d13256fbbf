"""Timers, queued signals and eventfds without end.

layer: rlimits
outcome: [failed, timeout, crashed]
"""
import os
import struct

from tools import attempt, first, syscall


def timers():
    for _ in range(200_000):
        syscall(222, 1, struct.pack("QiiQ", 0, 0, 1, 0) + bytes(48), bytes(8))


def attack():
    said = first(attempt(timers), attempt(lambda: [os.eventfd(0) for _ in range(1000)] and "a thousand"))
    return said

"""The machine's clock, set, slowed and stopped; a namespace of times.

layer: seccomp
"""
import struct
import time

from tools import attempt, first, in_child, syscall


def attack():
    return first(
        attempt(time.clock_settime, time.CLOCK_REALTIME, 0.0),
        attempt(syscall, 305, 0, struct.pack("I", 0x2002) + bytes(204)),
        in_child(lambda: attempt(syscall, 272, 0x80)),
    )

"""Performance counters: on the whole machine, on itself.

layer: seccomp
walls_off: true
"""
import struct

from tools import attempt, first, syscall


def attack():
    counter = struct.pack("IIQ", 1, 112, 0) + bytes(96)  # a software event: the CPU's clock
    return first(attempt(syscall, 298, counter, -1, 0, -1, 0), attempt(syscall, 298, counter, 0, -1, -1, 0))

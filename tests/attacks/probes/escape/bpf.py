"""Programs for the kernel's own machine.

layer: seccomp
walls_off: true
"""
from tools import attempt, first, syscall


def attack():
    import struct

    array = struct.pack("5I", 2, 4, 8, 1, 0)
    return first(attempt(syscall, 321, 0, array, len(array)), attempt(syscall, 321, 5, bytes(72), 72))

"""Pages moved into pipes: splice, tee, vmsplice, where several holes in the kernel were.

layer: seccomp
walls_off: true
"""
import os
import struct

from tools import attempt, first, syscall


def attack():
    import ctypes

    reader, writer = os.pipe()
    page = ctypes.create_string_buffer(4096)
    vector = struct.pack("QQ", ctypes.addressof(page), 4096)
    return first(
        attempt(syscall, 278, writer, vector, 1, 0),
        attempt(syscall, 275, os.open("/dev/zero", os.O_RDONLY), None, writer, None, 4096, 0),
        attempt(syscall, 276, reader, writer, 4096, 0),
    )

"""A filter of its own with a listener, which could answer the system calls of others.

layer: seccomp
walls_off: true
"""
import ctypes
import struct

from tools import attempt, in_child, syscall


def listen():
    allow = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7FFF0000))
    program = struct.pack("HxxxxxxQ", 1, ctypes.addressof(allow))
    syscall(157, 38, 1, 0, 0, 0)
    return syscall(317, 1, 8, program)


def attack():
    return in_child(lambda: attempt(listen))

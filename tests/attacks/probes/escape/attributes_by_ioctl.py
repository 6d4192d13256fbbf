"""Attributes of files that one may only read, by ioctl: immutable, no-copy, verity.

layer: seccomp
"""
import fcntl
import os
import struct
import sys

from tools import attempt, first


def attack():
    descriptor = os.open(os.path.realpath(sys.executable), os.O_RDONLY)
    return first(
        attempt(fcntl.ioctl, descriptor, 0x40086602, struct.pack("Q", 0x40)),
        attempt(fcntl.ioctl, descriptor, 0x401C5820, bytes(28)),
        attempt(fcntl.ioctl, descriptor, 0x40806685, bytes(128)),
    )

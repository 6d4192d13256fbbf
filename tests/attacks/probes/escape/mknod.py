"""A device node of its own: the memory, the disk, the console.

layer: seccomp
walls_off: true
"""
import os

from tools import each, syscall


def attack():
    nodes = ((0o20666, os.makedev(1, 1)), (0o60666, os.makedev(254, 0)), (0o20666, os.makedev(5, 1)))
    return each(syscall, [(133, place, *node) for place in (b"disk", b"/tmp/disk") for node in nodes])

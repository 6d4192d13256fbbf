"""/proc/self/fd, through which a descriptor is opened again with other rights.

layer: split
"""
import os

from tools import attempt, calls, first


def attack():
    results = [attempt(os.open, f"/proc/self/fd/{calls()}", os.O_RDWR)]
    results += [attempt(os.open, f"/proc/self/fd/0/{path}", os.O_RDONLY) for path in ("..", ".")]
    results += [attempt(os.open, f"/proc/self/{name}/etc/passwd", os.O_RDONLY) for name in ("root", "cwd/../../..")]
    return first(*results)

"""Files by handle, and watches on others' files: open_by_handle_at, fanotify, inotify.

layer: seccomp
walls_off: true
"""
from tools import attempt, first, syscall


def attack():
    return first(
        attempt(syscall, 303, -100, b"/", bytes([128, 0, 0, 0]) + bytes(140), bytes(4), 0),
        attempt(syscall, 304, -100, bytes(16), 0),
        attempt(syscall, 300, 0, 0),
        attempt(syscall, 294, 0),
        attempt(syscall, 253),
    )

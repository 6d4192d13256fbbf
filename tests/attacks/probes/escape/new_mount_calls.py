"""fsopen, fsmount, open_tree, move_mount, mount_setattr and statmount, which came later than most filters.

layer: seccomp
walls_off: true
"""
from tools import attempt, first, syscall


def attack():
    return first(
        attempt(syscall, 430, b"tmpfs", 0),
        attempt(syscall, 428, -100, b"/", 1),
        attempt(syscall, 429, -1, b"", -100, b"/", 4),
        attempt(syscall, 442, -100, b"/", 0, bytes(32), 32),
        attempt(syscall, 433, -100, b"/", 0),
        attempt(syscall, 457, bytes(64), bytes(4096), 4096, 0),
    )

"""mount, umount2, pivot_root and chroot.

layer: seccomp
walls_off: true
"""
from tools import attempt, first, in_child, syscall


def everything():
    return first(
        attempt(syscall, 165, b"none", b"/mnt", b"tmpfs", 0, None),
        attempt(syscall, 166, b"/proc", 2),
        attempt(syscall, 155, b".", b"."),
        attempt(syscall, 161, b"/"),
    )


def private():
    try:
        syscall(272, 0x00020000)
        syscall(165, b"none", b"/", None, 0x44000, None)  # nothing of this reaches the host
    except OSError:
        pass
    return everything()


def attack():
    return in_child(private)

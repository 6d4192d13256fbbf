"""Kernel modules, kexec, reboot, swap, the clock, accounting, host names.

layer: seccomp
"""
from tools import attempt, first, syscall


def attack():
    calls = {"init_module": (175, b"", 0, b""), "finit_module": (313, 0, b"", 0), "kexec_load": (246, 0, 0, None, 0),
             "reboot": (169, 0, 0, 0, None), "swapoff": (168, b"/none"), "acct": (163, b"/none"),
             "settimeofday": (164, None, None), "clock_settime": (227, 0, bytes(16)), "adjtimex": (159, bytes(208)),
             "sethostname": (170, b"x", 1), "syslog": (103, 3, bytes(100), 100), "iopl": (172, 3), "ioperm": (173, 0, 8, 1),
             "quotactl": (179, 0, b"", 0, 0), "vhangup": (153,), "lookup_dcookie": (212, 0, bytes(10), 10)}
    return first(*(attempt(syscall, *arguments) for arguments in calls.values()))

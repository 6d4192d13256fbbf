"""Devices that a host has.

layer: file system
restricted_layer: Landlock
"""
from tools import attempt, first


def attack():
    names = ("mem", "kmsg", "port", "sda", "vda", "loop-control", "fuse", "kvm", "vsock", "net/tun", "tty", "tty0",
             "console", "ptmx", "pts/0", "nvidia0", "nvidiactl", "dri/card0", "userfaultfd", "snapshot", "uinput")
    return first(*(attempt(open, f"/dev/{name}", mode) for name in names for mode in ("rb", "wb")))

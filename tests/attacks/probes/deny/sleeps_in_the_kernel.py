"""Blocked for good: a pipe that nobody writes to, a lock of its own.

layer: watchdog
outcome: timeout
says: took longer than 3 s
"""
import os


def attack():
    reader, _writer = os.pipe()
    os.read(reader, 1)

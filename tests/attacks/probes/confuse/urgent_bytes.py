"""Out-of-band bytes in the stream, which poll and recv see differently.

layer: wire
outcome: [error, timeout, crashed]
"""
import os
import socket

from tools import calls, sit_still


def twice(x):
    connection = socket.socket(fileno=os.dup(calls()))
    for _ in range(3):
        try:
            connection.send(b"\x01", socket.MSG_OOB)
        except OSError:
            connection.send(b"\xff\xff\xff\xff")
    sit_still()

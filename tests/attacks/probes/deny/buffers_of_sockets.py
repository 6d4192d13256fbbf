"""Memory in the buffers of socket pairs and pipes, which no process's account shows.

layer: rlimits
outcome: failed
says: "refused: OSError|refused: EMFILE"
"""
import fcntl
import os
import socket

from tools import attempt


def fill():
    kept = []
    for _ in range(200):
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
        ours.setblocking(False)
        kept.append((ours, theirs))
        try:
            while True:
                ours.send(bytes(1 << 16))
        except BlockingIOError:
            pass
    return len(kept)


def attack():
    return attempt(fill)

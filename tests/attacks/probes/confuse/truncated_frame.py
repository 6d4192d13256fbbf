"""The first half of a frame, and then the end.

layer: wire
outcome: crashed
says: ended the process
"""
import os

from tools import answer, send


def twice(x):
    content = answer(["list", 2.0, 4.0])
    send(content[: len(content) // 2])
    os._exit(0)

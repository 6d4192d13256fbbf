"""A fork that answers as well, and one that comes back from the call.

layer: wire
outcome: [error, failed, crashed]
"""
import os

from tools import answer, calls


def twice(x):
    if os.fork() == 0:
        for _ in range(3):
            os.write(calls(), answer(["list", 2.0, 4.0]))
        return x
    return x

"""A fork answers first, as the public test wants it; then the call answers, too.

layer: wire
outcome: [passed, error, failed]
points: 2
"""
import os

from tools import answer, calls


def twice(x):
    child = os.fork()
    if child == 0:
        os.write(calls(), answer(["list", 2.0, 4.0]))
        os._exit(0)
    os.waitpid(child, 0)
    return x

"""Handles with numbers that were never given, negative ones, huge ones, and names of any length.

layer: wire
outcome: [error, failed, timeout]
"""
from tools import answer, send, sit_still

NODES = iter((["handle", -1, "x" * 100_000, "named"], ["handle", 1 << 62, "\x1b[2J", "object"], ["handle", True, "x", "y"]))


def twice(x):
    send(answer(next(NODES)))
    sit_still()

"""Buffers that claim terabytes, a negative size, and more of them than anybody needs.

layer: wire
outcome: error
says: gave no valid answer
"""
from tools import answer, send, sit_still

SIZES = iter(([1 << 42], [-1], [0] * 1_000_000))


def twice(x):
    send(answer(["list", 1.0], sizes=next(SIZES)))
    sit_still()

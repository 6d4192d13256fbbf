"""A set of numbers that all have one hash: each further one is compared with all before.

layer: wire
outcome: error
says: gave no valid answer
"""
from tools import answer, send, sit_still


def twice(x):
    step = (1 << 61) - 1
    if x.shape == (2,):
        send(answer(["set", *(["integer", hex(step * n)[2:]] for n in range(2, 60_000))]))
    else:
        send(answer(["set", *(["complex", float(1000003 * n), float(-n)] for n in range(1, 60_000))]))
    sit_still()

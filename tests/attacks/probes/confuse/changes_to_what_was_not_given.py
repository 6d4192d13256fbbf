"""Write-backs to arguments that were not there, of other types, and thousands of them.

layer: wire
outcome: error
says: gave no valid answer
"""
from tools import answer, send, sit_still

CHANGES = iter(([[7, ["list", 1.0]]], [[-1, ["list", 1.0]]], [[0, ["list", 1.0]]] * 10_000))


def twice(x):
    send(answer(["list", 2.0, 4.0], changed=next(CHANGES)))
    sit_still()

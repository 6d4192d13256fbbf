"""Arrays that lie outside of their memory, overlap without end, or claim the caller's own memory.

layer: wire
outcome: error
says: gave no valid answer
"""
from tools import answer, send, sit_still

NODES = iter((
    {"node": ["view", "<f8", [1 << 30], [8], 0, 0, True]},
    {"node": ["array", 0], "descriptions": [[0, "<f8", [1 << 40, 1 << 40], [0, 0], 0, 0, True]], "sizes": [8]},
    {"node": ["array", 0], "descriptions": [[0, "<f8", [1], [-8], 0, -8, True]], "sizes": [8]},
))


def twice(x):
    parts = next(NODES)
    send(answer(parts["node"], descriptions=parts.get("descriptions", []), sizes=parts.get("sizes", [])) + bytes(8))
    sit_still()

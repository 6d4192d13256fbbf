"""An answer to another question: the next one's, the last one's, one that was never asked.

layer: wire
outcome: error
says: gave no valid answer
"""
from tools import frame, request, send, sit_still

OFFSETS = iter((1, -1, 1 << 62))


def twice(x):
    send(frame(request().ident + next(OFFSETS), "ok", [["list", 2.0, 4.0], [], [], [], []]))
    sit_still()

"""Frames of kinds that only the grader sends, with parts of wrong types.

layer: wire
outcome: error
says: gave no valid answer
"""
from tools import frame, request, send, sit_still

BODIES = iter((("passed", None), ("ok", {"points": 6}), ("ok", [[], [], [], [], [], []])))


def twice(x):
    kind, body = next(BODIES)
    send(frame(request().ident, kind, body))
    sit_still()

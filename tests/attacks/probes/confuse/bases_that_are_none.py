"""Exceptions whose bases are odd: groups, exits, ones that want other arguments, names that are none.

layer: wire
outcome: [error, timeout]
"""
from tools import frame, request, send, sit_still

BASES = iter((["ExceptionGroup", "Exception"], ["UnicodeDecodeError", "__import__", "SystemExit"], ["StopIteration", "eval"]))


def twice(x):
    report = {"type": "X", "bases": next(BASES), "message": "m", "frames": [["../../etc/passwd", -5, "f", ""]],
              "stage": "anything", "callback": 7}
    send(frame(request().ident, "error", report))
    sit_still()

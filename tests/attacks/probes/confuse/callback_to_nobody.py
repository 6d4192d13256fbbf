"""Calls of functions that the tests never gave.

layer: wire
question: "3"
outcome: error
says: gave no valid answer
"""
from tools import frame, send, sit_still


def apply(function, x):
    send(frame(-1, "callback", [["tuple", ["tuple"], ["dict"]], [], []]))
    sit_still()


def twice(x):
    send(frame(99, "callback", [["tuple", ["tuple"], ["dict"]], [], []]))
    sit_still()

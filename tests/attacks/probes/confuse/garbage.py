"""Bytes that are no frame.

layer: wire
outcome: error
says: gave no valid answer
"""
from tools import send, sit_still


def twice(x):
    send(b"\xff" * 100)
    sit_still()

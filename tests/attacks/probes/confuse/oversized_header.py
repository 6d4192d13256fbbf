"""A header that claims four gigabytes.

layer: wire
outcome: error
says: gave no valid answer
"""
from tools import send, sit_still


def twice(x):
    send(b"\xff\xff\xff\xff" + bytes(1000))
    sit_still()

"""An answer of one byte now and then: each keeps the hope alive.

layer: wire
question: "2"
outcome: timeout
says: took longer than 3 s
"""
import os
import time

from tools import answer, calls


def attack():
    for byte in answer("x" * 1000):
        os.write(calls(), bytes([byte]))
        time.sleep(0.05)
    return ""

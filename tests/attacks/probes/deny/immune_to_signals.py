"""A tree of processes that ignore every signal that can be ignored.

layer: watchdog
outcome: timeout
says: took longer than 3 s
"""
import os
import signal
import time


def attack():
    for number in (*range(1, 9), *range(10, 19), *range(20, 32)):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    for _ in range(3):
        os.fork()
    while True:
        time.sleep(1)

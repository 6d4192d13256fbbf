"""Processes that fork processes, at most 200.

layer: watchdog
outcome: [crashed, failed]
says: more than 32 processes|refused
"""
import os
import time


def attack():
    made = 0
    for _ in range(200):
        try:
            if os.fork() == 0:
                time.sleep(10)
                os._exit(0)
        except OSError as problem:
            return f"refused: {problem}"
        made += 1
    time.sleep(10)
    return f"ESCAPED: {made} processes"

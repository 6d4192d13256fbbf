"""Threads, at most 200.

layer: watchdog
outcome: [crashed, error]
says: more than 32 processes and threads
"""
import threading
import time


def attack():
    for _ in range(200):
        threading.Thread(target=time.sleep, args=(10,), daemon=True).start()
    time.sleep(2)
    return "ESCAPED: 200 threads"

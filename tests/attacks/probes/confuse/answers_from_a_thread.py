"""A thread that writes frames while an honest answer is due.

layer: wire
outcome: [error, failed]
"""
import threading
import time

from tools import answer, send


def twice(x):
    content = answer(["list", 9.0])
    threading.Thread(target=lambda: [send(content) or time.sleep(0.001) for _ in range(100)], daemon=True).start()
    time.sleep(0.05)
    return x

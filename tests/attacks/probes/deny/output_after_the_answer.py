"""Output that begins when the answer has been given.

layer: split
outcome: [crashed, failed]
"""
import os
import threading
import time


def flood():
    time.sleep(0.002)
    while True:
        os.write(2, b"y" * 65536)


def attack():
    for _ in range(3):
        threading.Thread(target=flood, daemon=True).start()
    return "refused: it floods from now on"

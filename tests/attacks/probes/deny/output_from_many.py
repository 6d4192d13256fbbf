"""Output from many threads that never stop, beside a call that hangs: whoever empties the pipe never comes to an end.

layer: split
outcome: [crashed, timeout]
says: printed more than 1 MiB|took longer
"""
import os
import threading
import time


def flood():
    block = b"x" * 65536
    while True:
        os.write(1, block)


def attack():
    for _ in range(4):
        threading.Thread(target=flood, daemon=True).start()
    time.sleep(60)

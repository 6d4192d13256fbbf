"""2 GB in eight processes, each below the limit of one.

layer: watchdog
outcome: out_of_memory
says: more than 512 MiB
"""
import os
import time


def attack():
    for _ in range(7):
        if os.fork() == 0:
            break
    block = bytearray(b"x") * (256 << 20)
    time.sleep(10)
    return f"ESCAPED: {len(block)} bytes in each process"

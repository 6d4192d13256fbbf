"""2 GB of private memory.

layer: rlimits
outcome: out_of_memory
says: more than 512 MiB
"""


def attack():
    block = bytearray(2 << 30)
    return f"ESCAPED: {len(block)} bytes"

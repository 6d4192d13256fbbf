"""100 MB of output.

layer: split
outcome: crashed
says: printed more than 1 MiB
"""


def attack():
    for _ in range(1600):
        print("x" * 65535)
    return "ESCAPED: all of it was taken"

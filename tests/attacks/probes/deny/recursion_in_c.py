"""Recursion in C: an object nested so deeply that freeing it overflows the stack.

layer: split
outcome: [crashed, error, failed]
"""


def attack():
    nested = None
    for _ in range(300_000):
        nested = [nested]
    return repr(nested)[:10]

"""A loop without an end.

layer: watchdog
outcome: timeout
says: took longer than 3 s
"""


def attack():
    while True:
        pass

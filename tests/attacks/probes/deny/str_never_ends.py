"""An exception whose __str__ never ends.

layer: wire
outcome: timeout
says: took longer than 3 s
"""


class Endless(ValueError):
    def __str__(self):
        while True:
            pass


def attack():
    raise Endless

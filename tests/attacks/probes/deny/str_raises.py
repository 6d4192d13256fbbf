"""An exception whose __str__ raises, another whose __repr__ never ends.

layer: wire
outcome: error
says: raised
"""


class Silent(ValueError):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__


def attack():
    raise Silent

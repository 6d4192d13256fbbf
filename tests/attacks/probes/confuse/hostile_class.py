"""An object whose __class__, __getattr__, __qualname__, __iter__ and __len__ lie, raise or never end.

layer: wire
outcome: [failed, error, timeout]
"""
import itertools

import numpy as np


class Meta(type):
    @property
    def __qualname__(cls):
        raise SystemExit(0)

    def __instancecheck__(cls, _):
        return True


class Liar(metaclass=Meta):
    __class__ = np.ndarray

    def __getattr__(self, name):
        raise KeyboardInterrupt(name)

    def __iter__(self):
        return itertools.count()

    def __len__(self):
        return 1 << 62


def twice(x):
    return Liar()

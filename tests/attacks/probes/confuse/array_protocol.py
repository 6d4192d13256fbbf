"""__array__, __array_interface__ and __float__ that answer otherwise each time.

layer: wire
outcome: [failed, error, out_of_memory]
"""
import numpy as np


class Changing:
    count = 0

    def __array__(self, dtype=None, copy=None):
        Changing.count += 1
        return np.arange(float(Changing.count))

    @property
    def __array_interface__(self):
        return {"data": (0, False), "shape": (1 << 40,), "typestr": "<f8", "version": 3}


def twice(x):
    return Changing()

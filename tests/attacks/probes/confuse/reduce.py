"""An object whose __reduce__ would run a command where it is unpickled.

layer: wire
outcome: [failed, error]
"""
import os

import intel


class Bomb:
    def __reduce__(self):
        return os.system, (f"touch {intel.DROP}/unpickled",)

    __reduce_ex__ = lambda self, _: self.__reduce__()  # noqa: E731
    __getstate__ = __reduce__


def twice(x):
    return [Bomb(), {"state": Bomb()}]

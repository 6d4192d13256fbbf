"""What crosses between the trusted side and the worker: frames that carry plain data, and nothing that runs.

`frames` moves messages over a socket, `codec` turns values into trees of plain data, `memory` carries arrays with
their layout, so that views, overlaps and read-only flags are the same on both sides. There is no pickle: whatever
arrives, decoding it creates numbers, strings, containers, arrays and tensors, or raises `ProtocolError`.
"""

from autograder.wire.codec import FrozenDict, FrozenList, Packer, Unpacker
from autograder.wire.frames import Connection, Message, ProtocolError, carried
from autograder.wire.memory import Regions

__all__ = [
    "Connection",
    "FrozenDict",
    "FrozenList",
    "Message",
    "Packer",
    "ProtocolError",
    "Regions",
    "Unpacker",
    "carried",
]

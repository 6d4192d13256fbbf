"""What crosses between the trusted side and the worker: frames that carry plain data, and nothing that runs.

`frames` moves messages over a socket; `pack` turns values into trees of plain data and `unpack` turns them back;
`memory` carries arrays with their layout, so that views, overlaps and read-only flags are the same on both sides.
There is no pickle: decoding creates numbers, text, containers, arrays and tensors, or raises `ProtocolError`.
"""

from autograder.wire.frames import Connection, Message, ProtocolError, carried
from autograder.wire.memory import Regions
from autograder.wire.pack import Packer
from autograder.wire.plain import FrozenDict, FrozenList
from autograder.wire.unpack import Unpacker

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

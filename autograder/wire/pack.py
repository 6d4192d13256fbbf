"""Values as trees of plain data: packing.

A tree's leaves are None, booleans, integers, floats, text and bytes; every other node is a list that begins with
its tag. The packer keeps the order in which it met containers, so that an object met again is a reference, and a
returned argument is the caller's own object. What is neither plain data nor an array goes to its `other` function:
handles, probes, callbacks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.wire import memory
from autograder.wire.frames import Buffer, ProtocolError
from autograder.wire.plain import (
    MAX_DEPTH,
    MAX_INTEGER_DIGITS,
    MAX_NODES,
    SCALARS,
    TYPES,
    FrozenDict,
    FrozenList,
    Node,
)


class Packer:
    """Turns values into nodes, and collects the arrays they hold.

    Args:
        other: makes a node of what is not plain data, or raises.
        given: the containers that the other side sent in the message that is being answered.
        regions: the memory of the arrays among them.
    """

    def __init__(
        self,
        other: Callable[[Any], Node],
        given: Sequence[Any] = (),
        regions: memory.Regions | None = None,
    ) -> None:
        self._other = other
        self._given = {id(value): index for index, value in enumerate(given)}
        self._regions = regions
        self._arrays: list[memory.Array] = []
        self._seen: dict[int, int] = {}
        self._nodes = 0
        self.containers: list[Any] = []  # in the order in which the other side rebuilds them

    def pack(self, value: Any, depth: int = 0) -> Node:
        """The node for `value`.

        Raises:
            ProtocolError: it is nested too deeply or holds too many values.
        """
        kind = type(value)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise ProtocolError(f"more than {MAX_NODES:,} values in lists; an array holds more")
        if kind in SCALARS:
            return value
        if kind is int:
            return value if -(1 << 63) <= value < 1 << 64 else _big_integer(value)
        if depth > MAX_DEPTH:
            raise ProtocolError(f"nested more than {MAX_DEPTH} deep")
        key = id(value)
        if key in self._given:
            return ["given", self._given[key]]
        if key in self._seen:
            return ["again", self._seen[key]]
        if kind in _PACKERS:
            return _PACKERS[kind](self, value, depth)
        node = _pack_rare(self, value)
        return node if node is not None else self._other(value)

    def contents(self, value: Any) -> Node:
        """The node for what a given container holds now, even though the container itself is known."""
        kind = type(value)
        if kind is np.ndarray:
            return self.array(value)
        if kind is list:
            return ["list", *(self.pack(item, 1) for item in value)]
        if kind is dict:
            return ["dict", *(self.pack(part, 1) for item in value.items() for part in item)]
        from autograder.wire import tensors

        return ["array", self.add(tensors.as_array(value))]

    def finish(self) -> tuple[list[Any], list[int], list[Buffer]]:
        """The arrays of everything packed so far: descriptions, sizes of their regions, and buffers."""
        return memory.describe(self._arrays) if self._arrays else ([], [], [])

    def remember(self, value: Any) -> None:
        """Count `value` among the containers, so that it is packed once."""
        self._seen[id(value)] = len(self.containers)
        self.containers.append(value)

    def add(self, array: memory.Array) -> int:
        """Send this array's elements; returns its index."""
        self._arrays.append(array)
        return len(self._arrays) - 1

    def array(self, value: memory.Array) -> Node:
        """The node for an array that is not among the given ones: sent, or described as a view of one of them."""
        if not memory.sendable(value.dtype):
            native = value.dtype.newbyteorder("=")
            if not memory.sendable(native):
                return self._other(value)
            value = value.astype(native)
        return ["array", self.add(value)]

    def view(self, value: memory.Array) -> list[Any] | None:
        """The place of `value` in the memory of a given array, if it lies in one."""
        return self._regions.locate(value) if self._regions is not None else None


def _big_integer(value: int) -> Node:
    digits = hex(value)
    if len(digits) > MAX_INTEGER_DIGITS:
        raise ProtocolError("an integer of too many digits")
    return ["integer", digits]


def _pack_rare(packer: Packer, value: Any) -> Node | None:
    """The node for a NumPy scalar, a dtype, a type by name, or one of torch's values; None for anything else."""
    kind = type(value)
    if isinstance(value, np.generic) and kind.__module__ == "numpy" and memory.sendable(value.dtype):
        return ["scalar", value.dtype.str, value.tobytes()]
    if isinstance(value, np.dtype) and memory.sendable(value):
        return ["dtype", value.str]
    if kind is type and (value in TYPES or (issubclass(value, np.generic) and value.__module__ == "numpy")):
        return ["type", value.__name__]
    if "torch" in sys.modules and kind.__module__.startswith("torch"):
        from autograder.wire import tensors

        return tensors.pack(packer, value)
    return None


def _pack_array(packer: Packer, value: memory.Array, _depth: int) -> Node:
    packer.remember(value)
    place = packer.view(value) if memory.sendable(value.dtype) else None
    return ["view", *place] if place is not None else packer.array(value)


def _pack_list(packer: Packer, value: list[Any], depth: int) -> Node:
    packer.remember(value)
    return ["list", *(packer.pack(item, depth + 1) for item in value)]


def _pack_dict(packer: Packer, value: dict[Any, Any], depth: int) -> Node:
    packer.remember(value)
    return ["dict", *(packer.pack(part, depth + 1) for item in value.items() for part in item)]


_PACKERS: dict[type, Callable[[Packer, Any, int], Node]] = {
    np.ndarray: _pack_array,
    list: _pack_list,
    FrozenList: _pack_list,
    dict: _pack_dict,
    FrozenDict: _pack_dict,
    tuple: lambda packer, value, depth: ["tuple", *(packer.pack(item, depth + 1) for item in value)],
    set: lambda packer, value, depth: ["set", *(packer.pack(item, depth + 1) for item in sorted(value, key=repr))],
    frozenset: lambda packer, value, depth: [
        "frozenset",
        *(packer.pack(item, depth + 1) for item in sorted(value, key=repr)),
    ],
    slice: lambda packer, value, depth: [
        "slice",
        *(packer.pack(part, depth + 1) for part in (value.start, value.stop, value.step)),
    ],
    range: lambda packer, value, depth: [
        "range",
        *(packer.pack(part, depth + 1) for part in (value.start, value.stop, value.step)),
    ],
    complex: lambda _packer, value, _depth: ["complex", value.real, value.imag],
    bytearray: lambda _packer, value, _depth: ["bytearray", bytes(value)],
    type(Ellipsis): lambda _packer, _value, _depth: ["ellipsis"],
}

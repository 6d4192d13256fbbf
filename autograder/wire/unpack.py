"""Values as trees of plain data: unpacking what `pack` packed.

Decoding creates plain values, or raises. Lists, dicts and arrays read from a student's attribute are frozen copies,
since a change to a copy would be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.wire import memory
from autograder.wire.frames import MAX_BODY_BYTES, Buffer, ProtocolError
from autograder.wire.plain import (
    MAX_COLLISIONS,
    MAX_DEPTH,
    MAX_INTEGER_DIGITS,
    MAX_NODES,
    SCALARS,
    TYPE_NAMES,
    TYPES,
    FrozenDict,
    FrozenList,
    Node,
)


class Unpacker:
    """Turns nodes into values.

    Args:
        arrays: descriptions, region sizes and buffers, as `Packer.finish` gave them.
        other: makes a value of a node whose tag is not of plain data, or raises `ProtocolError`.
        frozen: whether containers refuse changes.
        given: the containers of the message that is being answered, and the memory of its arrays.
        device: where tensors are put; they stay as they come if empty.
    """

    def __init__(
        self,
        arrays: tuple[Any, Any, Sequence[Buffer]],
        other: Callable[[list[Any]], Any],
        *,
        frozen: bool = False,
        given: Sequence[Any] = (),
        regions: memory.Regions | None = None,
        max_bytes: int = MAX_BODY_BYTES,
        device: str = "",
    ) -> None:
        descriptions, region_sizes, buffers = arrays
        self._other = other
        self._frozen = frozen
        self._given = given
        self._regions = regions
        self.device = device
        self._nodes = 0
        self.arrays = memory.rebuild(descriptions, region_sizes, buffers, max_bytes) if descriptions else []
        self.containers: list[Any] = []

    def unpack(self, node: Node, depth: int = 0) -> Any:
        """The value of a node.

        Raises:
            ProtocolError: the node is malformed.
        """
        self._nodes += 1
        if self._nodes > MAX_NODES + 64:
            raise ProtocolError("a message of too many values")
        if not isinstance(node, list):
            if type(node) is int or type(node) in SCALARS:
                return node
            raise ProtocolError(f"a {type(node).__name__} in a message")
        if depth > MAX_DEPTH + 2 or not node:
            raise ProtocolError("a message is nested too deeply, or has an empty part")
        unpack = _UNPACKERS.get(node[0]) if isinstance(node[0], str) else None
        return unpack(self, node, depth) if unpack is not None else self._other(node)

    def items(self, node: list[Any], depth: int) -> list[Any]:
        """The values of a node's parts."""
        return [self.unpack(item, depth + 1) for item in node[1:]]

    def array(self, node: list[Any], _depth: int = 0) -> memory.Array:
        """The array of an `array` node, or the view of a `view` node; read-only if frozen."""
        if node[0] == "view":
            if self._regions is None:
                raise ProtocolError("a view of nothing")
            array = self._regions.view(node[1:])
        else:
            array = self.arrays[node[1]]
        if self._frozen:
            array.flags.writeable = False
        return array

    def keep(self, value: Any) -> Any:
        """Count `value` among the containers, in the order of the packer."""
        self.containers.append(value)
        return value

    def thaw(self) -> None:
        """What is unpacked from now on accepts changes."""
        self._frozen = False

    def unpack_contents(self, node: Node) -> Any:
        """The list or dict that `Packer.contents` described; it is not counted among the containers."""
        if node[0] == "list":
            return self.items(node, 0)
        parts = self.items(node, 0)
        _check_keys(parts[::2])
        return dict(zip(parts[::2], parts[1::2], strict=True))

    def given(self, node: list[Any], _depth: int) -> Any:
        """The caller's own object."""
        return self._given[node[1]]

    def list_(self, node: list[Any], depth: int) -> list[Any]:
        """A list, counted before its items, so that it may hold itself."""
        result = self.keep(FrozenList() if self._frozen else [])
        list.extend(result, self.items(node, depth))
        return result  # type: ignore[no-any-return]

    def dict_(self, node: list[Any], depth: int) -> dict[Any, Any]:
        """A dict, likewise."""
        result = self.keep(FrozenDict() if self._frozen else {})
        parts = self.items(node, depth)
        _check_keys(parts[::2])
        dict.update(result, zip(parts[::2], parts[1::2], strict=True))
        return result  # type: ignore[no-any-return]


def _check_keys(keys: list[Any]) -> list[Any]:
    """The keys of a set or dict, unless many of different value have one hash: each would be compared with all others.

    Raises:
        ProtocolError: they do.
    """
    if len(keys) > MAX_COLLISIONS and len(keys) - len(set(map(hash, keys))) > MAX_COLLISIONS:
        raise ProtocolError("a set or dict whose keys have one hash")
    return keys


def _scalar(_unpacker: Unpacker, node: list[Any], _depth: int) -> Any:
    (array,) = memory.rebuild([[0, node[1], [1], None, 0, 0, False]], [len(node[2])], [node[2]], 1 << 20)
    return array[0]


def _type(_unpacker: Unpacker, node: list[Any], _depth: int) -> type:
    kind = TYPE_NAMES.get(node[1]) or getattr(np, node[1], None)
    if not isinstance(kind, type) or not (kind in TYPES or issubclass(kind, np.generic)):
        raise ProtocolError("an unknown type")
    return kind


def _tensor(unpacker: Unpacker, node: list[Any], _depth: int) -> Any:
    from autograder.wire import tensors

    return tensors.unpack(unpacker, node)


_UNPACKERS: dict[str, Callable[[Unpacker, list[Any], int], Any]] = {
    "array": lambda unpacker, node, _depth: unpacker.keep(unpacker.array(node)),
    "view": lambda unpacker, node, _depth: unpacker.keep(unpacker.array(node)),
    "list": Unpacker.list_,
    "dict": Unpacker.dict_,
    "given": Unpacker.given,
    "again": lambda unpacker, node, _depth: unpacker.containers[node[1]],
    "tuple": lambda unpacker, node, depth: tuple(unpacker.items(node, depth)),
    "set": lambda unpacker, node, depth: set(_check_keys(unpacker.items(node, depth))),
    "frozenset": lambda unpacker, node, depth: frozenset(_check_keys(unpacker.items(node, depth))),
    "slice": lambda unpacker, node, depth: slice(*unpacker.items(node, depth)),
    "range": lambda unpacker, node, depth: range(*unpacker.items(node, depth)),
    "complex": lambda _unpacker, node, _depth: complex(node[1], node[2]),
    "bytearray": lambda _unpacker, node, _depth: bytearray(node[1]),
    "ellipsis": lambda _unpacker, _node, _depth: Ellipsis,
    "integer": lambda _unpacker, node, _depth: int(node[1][: MAX_INTEGER_DIGITS + 1], 16),
    "scalar": _scalar,
    "dtype": lambda _unpacker, node, _depth: memory.checked_dtype(node[1]),
    "type": _type,
    "tensor": _tensor,
    "torch": _tensor,
}

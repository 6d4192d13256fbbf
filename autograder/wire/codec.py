"""Values as trees of plain data, and back.

A tree's leaves are None, booleans, integers, floats, text and bytes; every other node is a list that begins with
its tag. Both sides use the same two classes:

- `Packer` turns values into nodes. It keeps the order in which it met containers, so that an object met again is a
  reference, and a returned argument is the caller's own object.
- `Unpacker` turns nodes into values. Lists and dicts read from a student's attribute are frozen copies, since a
  change to a copy would be lost.

What is neither plain data nor an array goes to the `other` function of either class: handles, probes, callbacks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from autograder.wire import memory
from autograder.wire.frames import MAX_BODY_BYTES, Buffer, ProtocolError

Node = Any

MAX_DEPTH = 32
MAX_NODES = 400_000
MAX_INTEGER_DIGITS = 4096  # hexadecimal

_SCALARS = frozenset([bool, float, str, bytes, type(None)])


_TYPES = frozenset([bool, bytearray, bytes, complex, dict, float, frozenset, int, list, object, set, str, tuple, type])
_TYPE_NAMES = {kind.__name__: kind for kind in _TYPES}


class FrozenCopyError(TypeError):
    """A suite tried to change a copy of a student's value."""


def _refuse(*_args: object, **_kwargs: object) -> NoReturn:
    raise FrozenCopyError(
        "this is a copy of what the student's code holds, and changing it would not reach the student: "
        "assign the whole attribute, or change it in a probe"
    )


class FrozenList(list[Any]):
    """A list read from a student's attribute."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = pop = remove = sort = reverse = clear = _refuse
    __hash__ = None


class FrozenDict(dict[Any, Any]):
    """A dict read from a student's attribute."""

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = pop = popitem = setdefault = clear = _refuse
    __hash__ = None


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
        if kind in _SCALARS:
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
    if kind is type and (value in _TYPES or (issubclass(value, np.generic) and value.__module__ == "numpy")):
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


class Unpacker:
    """Turns nodes into values.

    Args:
        arrays: descriptions, region sizes and buffers, as `Packer.finish` gave them.
        other: makes a value of a node whose tag is not of plain data, or raises `ProtocolError`.
        frozen: whether containers refuse changes.
        given: the containers of the message that is being answered, and the memory of its arrays.
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
    ) -> None:
        descriptions, region_sizes, buffers = arrays
        self._other = other
        self._frozen = frozen
        self._given = given
        self._regions = regions
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
            if type(node) is int or type(node) in _SCALARS:
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
        dict.update(result, zip(parts[::2], parts[1::2], strict=True))
        return result  # type: ignore[no-any-return]


def _scalar(_unpacker: Unpacker, node: list[Any], _depth: int) -> Any:
    (array,) = memory.rebuild([[0, node[1], [1], None, 0, 0, False]], [len(node[2])], [node[2]], 1 << 20)
    return array[0]


def _type(_unpacker: Unpacker, node: list[Any], _depth: int) -> type:
    kind = _TYPE_NAMES.get(node[1]) or getattr(np, node[1], None)
    if not isinstance(kind, type) or not (kind in _TYPES or issubclass(kind, np.generic)):
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
    "set": lambda unpacker, node, depth: set(unpacker.items(node, depth)),
    "frozenset": lambda unpacker, node, depth: frozenset(unpacker.items(node, depth)),
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

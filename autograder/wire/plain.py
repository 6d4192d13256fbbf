"""What packing and unpacking share: limits, the types that go by name, containers that refuse changes."""

from __future__ import annotations

from typing import Any, NoReturn

Node = Any

MAX_DEPTH = 32
MAX_NODES = 400_000
MAX_COLLISIONS = 1000  # keys of one set or dict that have a hash in common; even all -1 and -2, which do, are two
MAX_INTEGER_DIGITS = 4096  # hexadecimal

SCALARS = frozenset([bool, float, str, bytes, type(None)])


TYPES = frozenset([bool, bytearray, bytes, complex, dict, float, frozenset, int, list, object, set, str, tuple, type])
TYPE_NAMES = {kind.__name__: kind for kind in TYPES}


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

"""A student's object, seen from the trusted side.

Attributes, calls, items, iteration and operators go over the wire. A comparison with a plain value is made here, on
the value that the worker fetches, since an object could claim to equal anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np

from autograder.remote.client import Client
from autograder.remote.faults import StudentError
from autograder.testing import CheckFailed

_ALLOWED_DUNDERS = frozenset(["__name__", "__doc__", "__qualname__", "__dict__"])


def raw(handle: Handle) -> tuple[Client, int]:
    """The client and the number of a handle, without asking the worker."""
    return object.__getattribute__(handle, "_client"), object.__getattribute__(handle, "_ident")


def is_named(handle: Handle) -> bool:
    """Whether it is a function or a class."""
    return bool(object.__getattribute__(handle, "_named"))


def ask(handle: Handle, kind: str, *arguments: Any, frozen: bool = False) -> Any:
    """Let the handle's worker do one operation."""
    client: Client = object.__getattribute__(handle, "_client")
    return client.ask(kind, *arguments, frozen=frozen)


def fetch(handle: Handle) -> Any:
    """The plain value behind a handle: array, tensor, number, text, container.

    Raises:
        CheckFailed: the student's object has none.
    """
    try:
        value = ask(handle, "fetch", handle)
    except StudentError as problem:
        if problem.type_name == "TypeError":
            message = f"{handle!r} was given where plain numbers are expected"
            raise CheckFailed(message, f"reading it as a value raised {problem}") from None
        raise
    if isinstance(value, Handle):
        raise CheckFailed(f"{handle!r} was given where plain numbers are expected")
    return value


class Handle:
    """An object that lives beside the student's code."""

    __slots__ = ("__weakref__", "_client", "_ident", "_label", "_named")
    __array_ufunc__ = None  # NumPy leaves operators to us

    _client: Client
    _ident: int
    _label: str
    _named: bool

    def __init__(self, client: Client, ident: int, name: str, named: bool) -> None:
        object.__setattr__(self, "_client", client)
        object.__setattr__(self, "_ident", ident)
        object.__setattr__(self, "_label", name if named else f"{name} object")
        object.__setattr__(self, "_named", named)

    def __del__(self) -> None:
        client, ident = raw(self)
        client.release(ident)

    def __repr__(self) -> str:
        return f"<the student's {object.__getattribute__(self, '_label')}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in _ALLOWED_DUNDERS:
            raise AttributeError(name)
        return ask(self, "get", self, name, frozen=True)

    def __setattr__(self, name: str, value: Any) -> None:
        ask(self, "set", self, name, value)

    def __delattr__(self, name: str) -> None:
        ask(self, "delete", self, name)

    def __dir__(self) -> list[str]:
        return list(ask(self, "builtin", "dir", (self,)))

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call it, beside the student's code."""
        return ask(self, "call", self, arguments, keywords)

    def __iter__(self) -> Iterator[Any]:
        return _Iterator(ask(self, "builtin", "iter", (self,)))

    def __next__(self) -> Any:
        return _next(self)

    def __getitem__(self, key: Any) -> Any:
        return ask(self, "operate", "getitem", (self, key), frozen=True)

    def __setitem__(self, key: Any, value: Any) -> None:
        ask(self, "operate", "setitem", (self, key, value))

    def __delitem__(self, key: Any) -> None:
        ask(self, "operate", "delitem", (self, key))

    def __contains__(self, item: Any) -> bool:
        return bool(ask(self, "operate", "contains", (self, item)))

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, Handle) and bool(ask(self, "builtin", "isinstance", (instance, self)))

    def __subclasscheck__(self, subclass: Any) -> bool:
        return isinstance(subclass, Handle) and bool(ask(self, "builtin", "issubclass", (subclass, self)))

    def __enter__(self) -> Any:
        return ask(self, "call", ask(self, "get", self, "__enter__"), (), {})

    def __exit__(self, *_: object) -> bool:
        # The student's __exit__ sees no exception of the suite's: it would carry the suite's frames.
        return bool(ask(self, "call", ask(self, "get", self, "__exit__"), (None, None, None), {}))

    def __copy__(self) -> Any:
        return ask(self, "copy", self, False)

    def __deepcopy__(self, _memo: Any) -> Any:
        return ask(self, "copy", self, True)

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __str__(self) -> str:
        return str(ask(self, "builtin", "str", (self,)))

    def __format__(self, spec: str) -> str:
        return format(fetch(self), spec) if spec else str(self)

    def __bool__(self) -> bool:
        return bool(ask(self, "builtin", "bool", (self,)))

    def __len__(self) -> int:
        return int(ask(self, "builtin", "len", (self,)))

    def __int__(self) -> int:
        return int(ask(self, "builtin", "int", (self,)))

    def __float__(self) -> float:
        return float(ask(self, "builtin", "float", (self,)))

    def __complex__(self) -> complex:
        return complex(ask(self, "builtin", "complex", (self,)))

    def __round__(self, *digits: int) -> Any:
        return ask(self, "builtin", "round", (self, *digits))

    def __index__(self) -> int:
        return int(ask(self, "operate", "index", (self,)))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        value = fetch(self)
        array = np.asarray(value.numpy() if hasattr(value, "numpy") else value)
        return array if dtype is None else array.astype(dtype)

    @classmethod
    def __torch_function__(cls, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Let torch functions take a tensor of the student's: by value, except operators, which go to the worker."""
        if getattr(function, "__name__", "") in _TORCH_OPERATORS:
            return NotImplemented

        def plain(value: Any) -> Any:
            if isinstance(value, Handle):
                return fetch(value)
            return type(value)(map(plain, value)) if type(value) in (list, tuple) else value

        return function(*plain(args), **{key: plain(value) for key, value in (kwargs or {}).items()})

    def __reduce__(self) -> NoReturn:
        raise TypeError("an object of the student's cannot be pickled")


class _Iterator:
    """Python's iterator protocol over a student's iterator."""

    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator

    def __iter__(self) -> _Iterator:
        return self

    def __next__(self) -> Any:
        if isinstance(self._iterator, Handle):
            return _next(self._iterator)
        return next(self._iterator)


def _next(handle: Handle) -> Any:
    try:
        return ask(handle, "builtin", "next", (handle,))
    except StudentError as problem:
        if problem.type_name == "StopIteration" and not problem.frames:
            raise StopIteration from None
        raise


def _binary(name: str) -> Callable[[Handle, Any], Any]:
    return lambda self, other: ask(self, "operate", name, (self, other))


def _reflected(name: str) -> Callable[[Handle, Any], Any]:
    return lambda self, other: ask(self, "operate", name, (other, self))


def _unary(name: str) -> Callable[[Handle], Any]:
    return lambda self: ask(self, "operate", name, (self,))


def _comparison(name: str) -> Callable[[Handle, Any], Any]:
    import operator

    compare = getattr(operator, name)

    def method(self: Handle, other: Any) -> Any:
        if isinstance(other, Handle):
            return ask(self, "operate", name, (self, other))
        return compare(fetch(self), other)

    return method


_TORCH_OPERATORS: set[str] = set()
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor"):
    _bare = _name.strip("_")
    setattr(Handle, f"__{_bare}__", _binary(_name))
    setattr(Handle, f"__r{_bare}__", _reflected(_name))
    setattr(Handle, f"__i{_bare}__", _binary(f"i{_bare}"))
    _TORCH_OPERATORS |= {_bare, f"__{_bare}__", f"__r{_bare}__", "div" if _bare == "truediv" else _bare}
for _name in ("neg", "pos", "abs", "invert"):
    setattr(Handle, f"__{_name}__", _unary(_name))
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(Handle, f"__{_name}__", _comparison(_name))

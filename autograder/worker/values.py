"""What a worker does with values: the plain value behind an object, and whether a call changed its arguments."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

_SUMMABLE: tuple[Any, ...] = (int, float, complex, str, bytes)
_CONTAINERS: tuple[Any, ...] = (tuple, list, set, frozenset, dict)


def plain(target: Any) -> Any:
    """A plain value for an object: a tensor without its history, an array, the number behind a subclass.

    Raises:
        TypeError: there is none.
    """
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(target, torch.Tensor):
        return torch.Tensor.detach(target).as_subclass(torch.Tensor).clone()
    for kind in _SUMMABLE:
        if isinstance(target, kind):
            return kind.__add__(target, kind())  # the built-in's method: an override is not asked
    for kind in _CONTAINERS:
        if isinstance(target, kind):
            return kind(target)
    array = np.asarray(target)
    if array.dtype.kind in "fc" and array.dtype.itemsize > (8 if array.dtype.kind == "f" else 16):
        array = array.astype(np.float64 if array.dtype.kind == "f" else np.complex128)  # long double
    if array.dtype.hasobject:
        raise TypeError("not a plain value")
    return np.array(array, subok=False)


def snapshot(value: Any) -> Any:
    """What a container holds now, to be compared with `changed` after a call."""
    if type(value) is np.ndarray:
        return value.copy()
    if type(value) is list:
        return list(value)
    if type(value) is dict:
        return list(value.items())
    from autograder.wire import tensors

    return tensors.as_array(value).copy()


def changed(value: Any, before: Any) -> bool:
    """Whether a container holds something else than when `before` was taken."""
    if type(value) is np.ndarray:
        return not _same_bytes(value, before)
    if type(value) is list:
        return len(value) != len(before) or any(new is not old for new, old in zip(value, before, strict=True))
    if type(value) is dict:
        new = list(value.items())
        return len(new) != len(before) or any(
            key is not old_key or item is not old_item
            for (key, item), (old_key, old_item) in zip(new, before, strict=True)
        )
    from autograder.wire import tensors

    return not _same_bytes(tensors.as_array(value), before)


def _same_bytes(value: Any, before: Any) -> bool:
    """Whether two arrays of one shape hold the same bits: a NaN equals itself here, and 0.0 differs from -0.0."""
    if value.shape != before.shape:
        return False
    word = np.dtype(f"u{value.itemsize}") if value.itemsize in (1, 2, 4, 8) else None
    if word is None:
        return bool(value.tobytes() == before.tobytes())
    return bool((value.view(word) == before.view(word)).all())

"""Memory that is shared with one worker: the trusted side writes values into it and reads results out of it.

On the host here; on a GPU see `gpu`.
"""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Place = list[Any]  # offset, dtype, shape, whether it is a tensor

_ALIGNED = 64
POISON = 0xD5  # as floats of any width: large numbers of no meaning


class Layout:
    """Where arrays lie in a span of memory that is shared with a worker, one place each.

    Args:
        inputs: example inputs, whose arrays and tensors get a place each.
        results: example results, likewise; those of floats are as wide as the inputs' floats.
    """

    def __init__(self, inputs: Sequence[Any], results: Any) -> None:
        self.size = 0
        arrays = [as_array(leaf) for leaf in leaves(inputs) if is_array(leaf)]
        floats = [array.dtype for array in arrays if array.dtype.kind == "f"]
        tensors = [not isinstance(leaf, np.ndarray) for leaf in leaves(inputs) if is_array(leaf)]
        self.inputs = [self._place(a.shape, a.dtype, t) for a, t in zip(arrays, tensors, strict=True)]
        self.results = []
        for leaf in leaves(results):
            array = as_array(leaf)
            wide = floats[0] if array.dtype.kind == "f" and floats else array.dtype
            self.results.append(self._place(array.shape, wide, tensor=False))

    def plan(self, inputs: Sequence[Any]) -> dict[str, Any]:
        """What the worker needs to know of it, see `worker.timed`."""
        places = iter(self.inputs)
        return {"arguments": [_node(value, places) for value in inputs], "results": self.results}

    def _place(self, shape: tuple[int, ...], dtype: np.dtype[Any], tensor: bool) -> Place:
        offset = -(-self.size // _ALIGNED) * _ALIGNED
        self.size = offset + int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        return [offset, dtype.str, list(shape), tensor]


class Memory(Protocol):
    """Shared memory, laid out for one workload."""

    @property
    def descriptor(self) -> int:
        """What names it for the worker."""

    def plan(self, inputs: Sequence[Any], device: str) -> dict[str, Any]:
        """What the worker needs to know, see `worker.timed`."""

    def write(self, inputs: Sequence[Any]) -> None:
        """Put in new values, and poison where results go."""

    def read(self) -> list[Array]:
        """Copies of the results."""

    def close(self) -> None:
        """Let go of it; may be called again."""


class Shared:
    """Memory of the host.

    Args:
        layout: of one workload.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.descriptor = os.memfd_create("speed", os.MFD_CLOEXEC)
        os.ftruncate(self.descriptor, max(layout.size, mmap.PAGESIZE))
        self._map = mmap.mmap(self.descriptor, 0)
        self._memory = np.frombuffer(self._map, np.uint8)

    def plan(self, inputs: Sequence[Any], device: str) -> dict[str, Any]:
        """What the worker needs to know, see `worker.timed`."""
        return {**self._layout.plan(inputs), "size": len(self._memory), "device": device, "lies": "host"}

    def write(self, inputs: Sequence[Any]) -> None:
        """Put in new values, and poison where results go."""
        for place in self._layout.results:
            self._view(place, np.dtype(np.uint8))[...] = POISON
        for place, leaf in zip(self._layout.inputs, filter(is_array, leaves(inputs)), strict=True):
            np.copyto(self._view(place), as_array(leaf), casting="no")

    def read(self) -> list[Array]:
        """Copies of the results."""
        return [self._view(place).copy() for place in self._layout.results]

    def close(self) -> None:
        """Let go of it; may be called again."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def _view(self, place: Place, dtype: np.dtype[Any] | None = None) -> Array:
        offset, text, shape, _ = place
        own = np.dtype(text)
        if dtype is not None:
            shape = [int(np.prod(shape, dtype=np.int64)) * own.itemsize]
        return np.ndarray(tuple(shape), dtype or own, buffer=self._memory, offset=offset)


def is_array(value: Any) -> bool:
    """Whether it is an array or a tensor."""
    torch = sys.modules.get("torch")
    return isinstance(value, np.ndarray) or (torch is not None and isinstance(value, torch.Tensor))


def as_array(value: Any) -> Array:
    """An array, a tensor or a number as an array."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        array: Array = value.detach().cpu().numpy()
        return array
    return np.asarray(value)


def leaves(value: Any) -> Iterator[Any]:
    """What stands in tuples and lists, in order; None is nothing."""
    if isinstance(value, tuple | list):
        for item in value:
            yield from leaves(item)
    elif value is not None:
        yield value


def _node(value: Any, places: Iterator[Place]) -> list[Any]:
    if is_array(value):
        return ["array", next(places)]
    if isinstance(value, tuple | list):
        return ["tuple" if isinstance(value, tuple) else "list", *(_node(item, places) for item in value)]
    return ["value", value]

"""One call of the student's code, prepared once and made again and again for a speed check.

Its arguments and results lie in memory that the trusted side shares: that side writes fresh values before each call,
and reads what is there when the clock has stopped. Nothing here is trusted with more than doing the work.
"""

from __future__ import annotations

import contextlib
import math
import mmap
import sys
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np


class TimedCalls:
    """The operations of a session that speed checks need.

    Args:
        shared: the descriptor of memory that the trusted side can read and write, if there is any.
    """

    def __init__(self, shared: int | None) -> None:
        self._shared = shared
        self._timed: Timed | None = None

    def _rules(self, kind: str) -> contextlib.AbstractContextManager[None]:
        """What holds while an operation of this kind runs."""
        raise NotImplementedError

    def do_prepare(self, function: Any, given: list[Any], plan: dict[str, Any]) -> None:
        """Prepare a call whose values come later, through shared memory; see `timed.Timed`."""
        assert self._shared is not None  # noqa: S101 - speed checks start their workers with it
        self._timed = Timed(self._shared, function, given, plan)

    def do_go(self, times: int, guarded: bool) -> None:
        """Make the prepared call, with the question's rules if `guarded`: they cost time."""
        assert self._timed is not None  # noqa: S101 - `prepare` comes first
        with self._rules("call") if guarded else contextlib.nullcontext():
            self._timed.go(times)


class Timed:
    """A prepared call.

    Args:
        descriptor: of the shared memory.
        function: what is called: the student's, or a probe.
        given: the first arguments, which stay the same, e.g. the student's functions for a probe.
        plan: `size` of the memory in bytes; `arguments`, a tree whose leaves are `["array", place]` or
            `["value", value]` and whose inner nodes are `["tuple" or "list", ...]`; `results`, a place each. A place is
            offset, dtype, shape, and whether it is a tensor. `device` is where tensors live. `lies` says where the
            shared memory does: on the "device", whose tensors are that memory; or on the "host", from which tensors on
            another device are filled before each call.
    """

    def __init__(self, descriptor: int, function: Any, given: list[Any], plan: dict[str, Any]) -> None:
        self._function = function
        self._memory = _memory(descriptor, plan)
        self._arguments = [*given, *map(self._argument, plan["arguments"])]
        self._results = [self._memory.target(place) for place in plan["results"]]

    def go(self, times: int) -> None:
        """Call, and put the results into the shared memory; `times` 0 does what is around a call.

        Raises:
            BaseException: whatever the student's code raises.
            ValueError: the results are not what the question asks for.
        """
        self._memory.fill()
        if not times:
            self._memory.give_nothing()
            return
        for _ in range(times):
            result = self._function(*self._arguments)
        self._memory.synchronize()  # on all streams, before anything is read
        found = list(_leaves(result))
        if len(found) != len(self._results):
            raise ValueError(f"returned {len(found)} results, expected {len(self._results)}")
        for number, (value, target) in enumerate(zip(found, self._results, strict=True), start=1):
            _store(value, target, number)
        self._memory.synchronize()

    def _argument(self, node: list[Any]) -> Any:
        kind, *parts = node
        if kind == "array":
            return self._memory.argument(parts[0])
        if kind == "value":
            return parts[0]
        made = [self._argument(part) for part in parts]
        return tuple(made) if kind == "tuple" else made


class _Memory(Protocol):
    """Where arguments and results live."""

    def argument(self, place: list[Any]) -> Any:
        """An array or a tensor that has the values of this place from each `fill` on."""

    def target(self, place: list[Any]) -> Any:
        """An array, or on a device a tensor, into which a result is copied, wherever it lies."""

    def fill(self) -> None:
        """See that arguments have their values."""

    def give_nothing(self) -> None:
        """What a call that computes nothing would do with its results."""

    def synchronize(self) -> None:
        """Wait for everything that was asked of a device, on all its streams."""


def _memory(descriptor: int, plan: dict[str, Any]) -> _Memory:
    if plan["lies"] == "device":
        return _Shared(descriptor, plan["size"], plan["device"])
    memory = np.frombuffer(mmap.mmap(descriptor, plan["size"]), np.uint8)
    return _Here(memory) if plan["device"] == "cpu" else _Copied(memory, plan["device"])


class _Here:
    """The shared memory itself, on the host.

    Args:
        memory: as bytes.
    """

    def __init__(self, memory: Any) -> None:
        self._memory = memory
        self._read: list[tuple[Any, Any]] = []  # where results go, and as much of nothing

    def argument(self, place: list[Any]) -> Any:
        array = self._array(place)
        if not place[3]:
            return array
        import torch

        return torch.from_numpy(array)

    def target(self, place: list[Any]) -> Any:
        target = self._array(place)
        self._read.append((target, np.ones_like(target)))  # of zeros, the kernel has but one page
        return target

    def fill(self) -> None:
        """They have their values: the trusted side has written them."""

    def give_nothing(self) -> None:
        for target, blank in self._read:
            np.copyto(target, blank)

    def synchronize(self) -> None:
        """Nothing is under way."""

    def _array(self, place: list[Any]) -> Any:
        offset, dtype, shape, _ = place
        return np.ndarray(tuple(shape), np.dtype(dtype), buffer=self._memory, offset=offset)


class _Shared:
    """Memory on the device that the trusted side has made, writes and reads: nothing is copied through the host.

    Args:
        descriptor: of that memory.
        size: in bytes.
        device: as torch calls it.
    """

    def __init__(self, descriptor: int, size: int, device: str) -> None:
        from autograder.worker import cuda, device_memory

        self._name = device
        self._synchronize = cuda.synchronize
        self._memory = device_memory.open_(descriptor, size, device)

    def argument(self, place: list[Any]) -> Any:
        return placed(self._memory.flat, place)

    target = argument

    def fill(self) -> None:
        """They have them: the trusted side has written them."""

    def give_nothing(self) -> None:
        self.synchronize()

    def synchronize(self) -> None:
        self._synchronize(self._name)


class _Copied:
    """Buffers on the device, filled from memory of the host and read into it: where device memory cannot be shared.

    Args:
        memory: of the host, shared with the trusted side, as bytes.
        device: as torch calls it.
    """

    def __init__(self, memory: Any, device: str) -> None:
        import torch

        from autograder.worker import cuda

        self._name = device
        self._synchronize = cuda.synchronize
        self._flat = torch.from_numpy(memory)
        self._written: list[tuple[Any, Any]] = []  # buffers, and the shared memory that they are filled from
        self._read: list[tuple[Any, Any]] = []  # shared memory for results, and buffers as large
        cuda.pin(memory.__array_interface__["data"][0], memory.nbytes, device)

    def argument(self, place: list[Any]) -> Any:
        import torch

        values = placed(self._flat, place)
        tensor = torch.empty_like(values, device=self._name)
        self._written.append((tensor, values))
        return tensor

    def target(self, place: list[Any]) -> Any:
        import torch

        target = placed(self._flat, place)
        self._read.append((target, torch.zeros_like(target, device=self._name)))
        return target

    def fill(self) -> None:
        for tensor, values in self._written:
            tensor.copy_(values)
        self.synchronize()

    def give_nothing(self) -> None:
        for target, blank in self._read:
            target.copy_(blank.zero_())
        self.synchronize()

    def synchronize(self) -> None:
        self._synchronize(self._name)


def placed(flat: Any, place: list[Any]) -> Any:
    """The tensor at a place of memory that a tensor of bytes is."""
    import torch

    offset, text, shape, _ = place
    dtype = np.dtype(text)
    size = math.prod(shape) * dtype.itemsize
    kind = torch.from_numpy(np.empty(0, dtype)).dtype
    return flat[offset : offset + size].view(kind).reshape(shape)


def _leaves(value: Any, depth: int = 0) -> Iterator[Any]:
    """The arrays, tensors and numbers in a result, in order."""
    if isinstance(value, tuple | list) and depth < 8:
        for item in value:
            yield from _leaves(item, depth + 1)
    elif value is not None:
        yield value


def _store(value: Any, target: Any, number: int) -> None:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        plain = torch.Tensor.detach(value)
        shape = tuple(plain.shape)
    else:
        plain = np.asarray(value)
        shape = plain.shape
    if shape != tuple(target.shape):
        raise ValueError(f"result {number} has shape {shape}, expected {tuple(target.shape)}")
    if isinstance(target, np.ndarray):
        if isinstance(plain, np.ndarray):
            np.copyto(target, plain, casting="same_kind")
        elif torch is not None:
            torch.from_numpy(target).copy_(plain)
    elif torch is not None:
        target.copy_(torch.from_numpy(plain) if isinstance(plain, np.ndarray) else plain)

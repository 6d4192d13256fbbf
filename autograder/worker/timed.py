"""One call of the student's code, prepared once and made again and again for a speed check.

Its arguments and results lie in memory that the trusted side shares: that side writes fresh values before each call,
and reads what is there when the clock has stopped. Nothing here is trusted with more than doing the work.
"""

from __future__ import annotations

import contextlib
import mmap
import sys
from collections.abc import Iterator
from typing import Any

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
            offset, dtype, shape, and whether it is a tensor. `device` is where tensors live: "cpu" or "cuda".
    """

    def __init__(self, descriptor: int, function: Any, given: list[Any], plan: dict[str, Any]) -> None:
        self._memory = np.frombuffer(mmap.mmap(descriptor, plan["size"]), np.uint8)
        self._device = plan["device"]
        self._function = function
        self._written: list[tuple[Any, Any]] = []  # tensors on a GPU and the shared memory that they are filled from
        self._arguments = [*given, *map(self._argument, plan["arguments"])]
        self._results = [self._array(place) for place in plan["results"]]

    def go(self, times: int) -> None:
        """Call, and put the results into the shared memory; `times` 0 measures what is around a call.

        Raises:
            BaseException: whatever the student's code raises.
            ValueError: the results are not what the question asks for.
        """
        if not times:
            return
        for tensor, values in self._written:
            tensor.copy_(values)
        for _ in range(times):
            result = self._function(*self._arguments)
        found = list(_leaves(result))
        if len(found) != len(self._results):
            raise ValueError(f"returned {len(found)} results, expected {len(self._results)}")
        for number, (value, target) in enumerate(zip(found, self._results, strict=True), start=1):
            _store(value, target, number)
        if self._device == "cuda":
            sys.modules["torch"].cuda.synchronize()

    def _argument(self, node: list[Any]) -> Any:
        kind, *parts = node
        if kind == "array":
            array = self._array(parts[0])
            return self._tensor(array) if parts[0][3] else array
        if kind == "value":
            return parts[0]
        made = [self._argument(part) for part in parts]
        return tuple(made) if kind == "tuple" else made

    def _array(self, place: list[Any]) -> Any:
        offset, dtype, shape, _ = place
        return np.ndarray(tuple(shape), np.dtype(dtype), buffer=self._memory, offset=offset)

    def _tensor(self, array: Any) -> Any:
        import torch

        shared = torch.from_numpy(array)
        if self._device == "cpu":
            return shared
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
        tensor = torch.empty_like(shared, device=self._device)
        self._written.append((tensor, shared))
        return tensor


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
    if shape != target.shape:
        raise ValueError(f"result {number} has shape {shape}, expected {target.shape}")
    if isinstance(plain, np.ndarray):
        np.copyto(target, plain, casting="same_kind")
    elif torch is not None:
        torch.from_numpy(target).copy_(plain)

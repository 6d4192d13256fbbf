"""The trusted side's hold on a GPU: device memory that it shares with a worker, and whether the GPU does nothing.

Its own context serves both, beside the oracles: no student's code can see it. Imported only where torch is in use.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from autograder.errors import GraderFault
from autograder.speed.memory import POISON, Array, Layout, Memory, Shared, is_array, leaves
from autograder.speed.racer import NotSettled
from autograder.worker import cuda, device_memory
from autograder.worker.timed import placed

PROBES = 50  # that find out how long the probe takes on a GPU that does nothing
QUIET, SLACK_S = 1.5, 50e-6  # times as long as the fastest, and so much more
IN_A_ROW, LOOKS = 3, 300  # quiet probes that are enough, probes that are made
_PROBE_NUMBERS = 1 << 18


class OnDevice:
    """Shared memory on a GPU.

    Args:
        layout: of one workload.
        device: as torch calls it.

    Raises:
        OSError: memory cannot be shared so here.
    """

    def __init__(self, layout: Layout, device: str) -> None:
        self._layout = layout
        self._device = device
        self._memory = device_memory.make(layout.size, device)

    @property
    def descriptor(self) -> int:
        """What names it for the worker."""
        return self._memory.descriptor

    def plan(self, inputs: Sequence[Any], device: str) -> dict[str, Any]:
        """What the worker needs to know, see `worker.timed`."""
        return {**self._layout.plan(inputs), "size": len(self._memory.flat), "device": device, "lies": "device"}

    def write(self, inputs: Sequence[Any]) -> None:
        """Put in new values, and poison where results go; the values come last."""
        flat = self._memory.flat
        for place in self._layout.results:
            placed(flat, [place[0], "|u1", [_bytes(place)], False]).fill_(POISON)
        for place, leaf in zip(self._layout.inputs, filter(is_array, leaves(inputs)), strict=True):
            placed(flat, place).copy_(leaf)
        cuda.synchronize(self._device)

    def read(self) -> list[Array]:
        """Copies of the results."""
        return [placed(self._memory.flat, place).cpu().numpy().copy() for place in self._layout.results]

    def close(self) -> None:
        """Let go of it; may be called again."""
        self._memory.close()


def share(layout: Layout, inputs: Sequence[Any], device: str) -> Memory:
    """Memory for a workload on a GPU: on the device, or where the driver does not share it, on the host.

    Raises:
        GraderFault: the workload has arrays that cannot live on a GPU.
    """
    if any(isinstance(leaf, np.ndarray) for leaf in leaves(inputs)):
        raise GraderFault("a speed check on a GPU needs tensors: its workload gives NumPy arrays")
    try:
        return OnDevice(layout, device)
    except OSError:
        return Shared(layout)


def at_rest(device: str) -> Callable[[], None]:
    """A function that returns once the GPU does nothing, see `Rest`.

    Raises:
        GraderFault: this process cannot use the GPU.
    """
    try:
        return Rest(device).wait
    except (RuntimeError, AssertionError) as problem:  # the latter where torch was built without CUDA
        raise GraderFault(f"the GPU cannot be used: {problem}") from None


class Rest:
    """Tells whether the GPU does nothing, by how long a small kernel of our own takes: contexts take turns.

    Args:
        device: as torch calls it.
        clock: seconds.
    """

    def __init__(self, device: str, clock: Callable[[], float] = time.perf_counter) -> None:
        self._device = device
        self._clock = clock
        self._numbers = torch.zeros(_PROBE_NUMBERS, device=device)
        self._fastest_s = min(self._probe() for _ in range(PROBES))

    def wait(self) -> None:
        """Return once it does nothing.

        Raises:
            NotSettled: it goes on and on.
        """
        quiet = 0
        for _ in range(LOOKS):
            quiet = quiet + 1 if self._probe() <= QUIET * self._fastest_s + SLACK_S else 0
            if quiet == IN_A_ROW:
                return
        raise NotSettled

    def _probe(self) -> float:
        started = self._clock()
        self._numbers.add_(1)
        cuda.synchronize(self._device)
        return self._clock() - started


def _bytes(place: list[Any]) -> int:
    return int(math.prod(place[2]) * np.dtype(place[1]).itemsize)

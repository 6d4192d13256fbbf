"""How far floats of a width may be off: as results of a speed check, and on a GPU beside a test's own tolerance."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

# Of the largest number of a result, by bits: above what sums of some thousand terms in another order do, and below what
# the next smaller width does (1e-7 of it for float32, 1e-3 for TF32 and float16, 1e-2 for bfloat16).
SPEED = {64: 1e-9, 32: 1e-4, 16: 2e-2}
GPU = {64: 1e-12, 32: 1e-5, 16: 1e-3}  # other orders of sums than on the CPU, without TF32

_extra: dict[int, float] = {}


@contextlib.contextmanager
def on_gpu() -> Iterator[None]:
    """While the block runs, suites allow for a GPU's rounding, too: their tolerances were chosen on the CPU."""
    _extra.update(GPU)
    try:
        yield
    finally:
        _extra.clear()


def allowance(have: npt.NDArray[Any], want: npt.NDArray[Any]) -> float:
    """What `have` may be off from `want` by now, beside a test's own tolerance."""
    share = _extra.get(8 * have.dtype.itemsize, 0.0) if have.dtype.kind == "f" else 0.0
    return share * float(np.max(np.abs(want[np.isfinite(want)]), initial=0.0)) if share else 0.0

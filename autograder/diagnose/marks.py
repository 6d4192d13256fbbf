"""How a case ended, as far as it tells one mistake from another.

Of arrays that reached a failed assertion a fixed sample is kept, so that the marks of all known mistakes fit in memory.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.remote import StudentError
from autograder.testing import CheckFailed

SAMPLE = 512  # numbers of an array that are kept
TIGHT = 1e-9  # relative to the largest number: the same operations in float64
LOOSE = 1e-4  # other orders of operations, float32
FEW = 3  # ratios that are kept

Floats = npt.NDArray[np.float64]

_LIST = re.compile(r"#(?:[\s,;\[\]()]+#)+")
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\b|\b(?:nan|inf)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Mark:
    """How one case ended that did not pass.

    Attributes:
        kind: the built-in exception that the student's code raised, or "failed".
        place: the line of the suite that did not hold, or from which the student's code was called.
        words: what the assertion said, without numbers.
        shape: of the value that the assertion was shown.
        values: a sample of it, or the numbers in what the assertion said.
        shown: whether `values` are what the assertion was shown.
        ratios: of got to expected, where these are a few numbers only: they do not depend on random draws.
        telling: those of `values` that hardly come about by chance: wrong, finite, neither whole nor simple fractions.
        wanted: a checksum of what was expected; it depends on the submission where the test compares it with itself.
    """

    kind: str
    place: str
    words: str
    shape: tuple[int, ...] = ()
    values: Floats = field(default_factory=lambda: np.empty(0))
    telling: int = 0
    shown: bool = False
    ratios: tuple[float, ...] = ()
    wanted: int = 0

    @property
    def event(self) -> tuple[str, str]:
        """What happened, and where."""
        return self.kind, self.place

    @property
    def sign(self) -> tuple[str, str, str]:
        """The mark without its values."""
        return self.kind, self.place, self.words


def mark_of(problem: BaseException, place: str) -> Mark:
    """The mark of a case that ended with `problem` at `place`."""
    if isinstance(problem, StudentError):
        kind = next(base.__name__ for base in type(problem).__mro__ if base.__module__ == "builtins")
        return Mark(kind, place, _without_numbers(problem.message)[:200])
    if isinstance(problem, CheckFailed) and problem.values:
        got, *expected = problem.values
        if any(array.dtype.kind == "c" for array in problem.values):
            got, *expected = (array.astype(np.complex128) for array in problem.values)
        values = _sample(got)
        ratios: tuple[float, ...] = ()
        wrong, wanted = values, 0
        if expected:
            wanted = zlib.crc32(np.ascontiguousarray(expected[0]).tobytes())
            wrong, ratios = _wrong(values, _sample(np.broadcast_to(expected[0], got.shape)))
        words = _without_numbers(re.sub(r" in \d+ of \d+ places", "", problem.message))
        return Mark("failed", place, words, got.shape, values, _count_telling(wrong), True, ratios, wanted)
    message, detail = (
        (problem.message, problem.detail)
        if isinstance(problem, CheckFailed)
        else (type(problem).__name__, str(problem))
    )
    text = f"{message}\n{detail}"
    found = detail[max(detail.rfind("got"), 0) :]  # what stands before it is the test's own
    telling = min(1, _count_telling(_numbers(found)))
    return Mark("failed", place, _without_numbers(text), (), _numbers(text), telling)


def same(one: Mark, other: Mark, tolerance: float) -> bool:
    """Whether two marks are of the same event, with the same values up to `tolerance` of the largest."""
    if (one.kind, one.place, one.shape) != (other.kind, other.place, other.shape):
        return False
    if one.kind != "failed":  # an exception: its words are the library's, or the student's own
        return True
    return one.words == other.words and _close(one.values, other.values, tolerance)


def same_ratios(one: Mark, other: Mark) -> bool:
    """Whether both are wrong by the same few factors, whatever was drawn."""
    return bool(one.ratios) and one.ratios == other.ratios


def distance(one: Mark, other: Mark) -> float | None:
    """How far the numbers of two marks of one sign lie apart: 0 for the same, 1 for others; None if that says nothing.

    Numbers in words are compared relative to the largest. What an assertion was shown has to be the same, unless it was
    compared with something of the submission's own: then few ratios may tell that it is the same, nothing that it is
    not.
    """
    if same(one, other, LOOSE) or same_ratios(one, other):
        return 0.0
    if one.shown or one.values.shape != other.values.shape:
        return None if one.wanted != other.wanted else 1.0
    finite = np.isfinite(one.values) & np.isfinite(other.values)
    if not np.array_equal(one.values[~finite], other.values[~finite], equal_nan=True):
        return 1.0
    mine, theirs = one.values[finite], other.values[finite]
    scale = max(np.max(np.abs(mine), initial=1e-12), np.max(np.abs(theirs), initial=1e-12))
    return min(1.0, float(np.max(np.abs(mine - theirs), initial=0.0) / scale))


def _close(one: Floats, other: Floats, tolerance: float) -> bool:
    if one.shape != other.shape:
        return False
    finite = np.isfinite(one) & np.isfinite(other)
    scale = np.max(np.abs(other[finite]), initial=1e-12)
    if not np.array_equal(one[~finite], other[~finite], equal_nan=True):
        return False
    return bool(np.all(np.abs(one[finite] - other[finite]) <= tolerance * scale))


def _sample(array: npt.NDArray[Any]) -> Floats:
    flat = np.asarray(array).reshape(-1)
    if flat.dtype.kind == "c":
        flat = np.concatenate([flat.real, flat.imag])
    if flat.size > SAMPLE:
        flat = flat[np.random.default_rng(flat.size).choice(flat.size, SAMPLE, replace=False)]
    return flat.astype(np.float64)


def _wrong(values: Floats, expected: Floats) -> tuple[Floats, tuple[float, ...]]:
    """The values that are wrong, and their ratios to what was expected if these are few."""
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        places = ~(np.abs(values - expected) <= 1e-6 * np.abs(expected) + 1e-9)
        ratios = values[places] / expected[places]
    found = sorted({float(f"{ratio:.4g}") for ratio in ratios}) if np.isfinite(ratios).all() else []
    return values[places], tuple(found) if len(found) <= FEW else ()


def _count_telling(values: Floats) -> int:
    """How many different numbers there are that are not multiples of 1/8."""
    found = values[np.isfinite(values) & (np.abs(values) < 1e15)]
    found = found[np.abs(found * 8 - np.round(found * 8)) > 1e-6 * np.abs(found) + 1e-9]
    return len({f"{value:.6g}" for value in found})


def _numbers(text: str) -> Floats:
    return np.array([float(number) for number in _NUMBER.findall(text)])


def _without_numbers(text: str) -> str:
    """`text` with # for each number, and for each list of numbers however long it is."""
    return _LIST.sub("#", _NUMBER.sub("#", text))

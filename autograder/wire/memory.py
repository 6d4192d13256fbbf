"""Arrays with their memory: the other side sees the same shapes, strides, overlaps and read-only flags.

Arrays of one message whose bytes overlap lie in one *region*. An array is described by its dtype, shape, strides and
place in its region, and only its own elements are sent: what lies between them (the rows that a slice skips, the
label column beside the features) never leaves this process.

A returned array that lies inside an argument is described by its place in the argument's region, and the caller gets
a view of the caller's own memory, as from a plain call.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.wire.frames import MAX_BODY_BYTES, Buffer, ProtocolError

Array = npt.NDArray[Any]
Description = list[Any]  # [buffer, dtype, shape, strides or None, region, offset, writeable]

MAX_DIMENSIONS = 16
_PLAIN_DTYPES = frozenset(
    ["|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"]
)


def sendable(dtype: np.dtype[Any]) -> bool:
    """Whether arrays of this dtype are plain data: numbers, booleans, fixed-width text and bytes."""
    return dtype.str in _PLAIN_DTYPES or (dtype.kind in "US" and dtype.itemsize > 0 and dtype.byteorder in "=|<")


def checked_dtype(text: Any) -> np.dtype[Any]:
    """The dtype that the other side named.

    Raises:
        ProtocolError: arrays of it are not plain data.
    """
    if not isinstance(text, str) or len(text) > 12:
        raise ProtocolError("bad dtype")
    if text not in _PLAIN_DTYPES and not (text[:2] in ("<U", "|S") and text[2:].isdecimal() and int(text[2:])):
        raise ProtocolError(f"dtype {text!r} is not accepted")
    return np.dtype(text)


def _bounds(array: Array) -> tuple[int, int]:
    """First and past-the-last address of the array's elements."""
    low = high = array.__array_interface__["data"][0]
    if array.size == 0:
        return low, low
    for length, stride in zip(array.shape, array.strides, strict=True):
        if stride < 0:
            low += (length - 1) * stride
        else:
            high += (length - 1) * stride
    return low, high + array.itemsize


class _Borrowed:
    """A span of another array's memory, kept alive by `owner`."""

    def __init__(self, address: int, size: int, owner: object) -> None:
        self.__array_interface__ = {"data": (address, False), "shape": (size,), "typestr": "|u1", "version": 3}
        self.owner = owner


class Regions:
    """The memory of the arrays of one message, on the side that sends or on the side that rebuilt them."""

    def __init__(self, arrays: Sequence[Array]) -> None:
        self.arrays = arrays
        self.spans: list[tuple[int, int]] = []  # address range of each region
        self.region_of: list[int] = []  # region of each array
        self._group([_bounds(array) for array in arrays])

    def _group(self, bounds: list[tuple[int, int]]) -> None:
        """Put overlapping arrays into one region; regions are counted in the order of their first arrays.

        Addresses differ between the two sides, so their order must not matter.
        """
        groups: list[list[int]] = []
        end = 0
        for index in sorted(range(len(bounds)), key=bounds.__getitem__):
            low, high = bounds[index]
            if groups and low < end and low < high:  # an empty array lies nowhere
                groups[-1].append(index)
            else:
                groups.append([index])
            end = max(end, high)
        self.region_of = [0] * len(bounds)
        for region, members in enumerate(sorted(groups, key=min)):
            self.spans.append((min(bounds[index][0] for index in members), max(bounds[index][1] for index in members)))
            for index in members:
                self.region_of[index] = region

    def locate(self, array: Array) -> Description | None:
        """The description of `array` as a view into one of the regions, or None if it has its own memory."""
        low, high = _bounds(array)
        if low == high:
            return None
        for region, (start, end) in enumerate(self.spans):
            if start <= low and high <= end:
                origin = array.__array_interface__["data"][0]
                strides = list(array.strides)
                return [array.dtype.str, list(array.shape), strides, region, origin - start, array.flags.writeable]
        return None

    def view(self, description: Any) -> Array:
        """The array that `locate` described on the other side, as a view of this side's memory.

        Raises:
            ProtocolError: it is malformed, or reaches bytes that were not sent.
        """
        dtype_text, shape, strides, region, offset, writeable = description
        start, end = self.spans[region]
        members = [array for array, place in zip(self.arrays, self.region_of, strict=True) if place == region]
        memory = np.asarray(_Borrowed(start, end - start, members))
        found = _place(memory, checked_dtype(dtype_text), shape, strides, offset)
        if not any(array.nbytes == end - start for array in members):  # some bytes of the span may not have been sent
            sent = _Cover(start, end - start)
            for array in members:
                sent.add(array)
            if not sent.holds(found):
                raise ProtocolError("a view reaches bytes that were not sent")
        found.flags.writeable = bool(writeable) and all(array.flags.writeable for array in members)
        return found


class _Cover:
    """Which bytes of a span belong to some array."""

    def __init__(self, start: int, size: int) -> None:
        self._start = start
        self._bytes = np.zeros(size, np.bool_)

    def _mask(self, array: Array) -> Array:
        offset = array.__array_interface__["data"][0] - self._start
        shape, strides = (*array.shape, array.itemsize), (*array.strides, 1)
        return np.ndarray(shape, np.bool_, buffer=self._bytes, offset=offset, strides=strides)

    def add(self, array: Array) -> None:
        self._mask(array)[...] = True

    def holds(self, array: Array) -> bool:
        return bool(self._mask(array).all())


def describe(arrays: Sequence[Array]) -> tuple[list[Description], list[int], list[Buffer]]:
    """Descriptions of the arrays, the size of each region, and the buffers that hold their elements."""
    regions = Regions(arrays)
    descriptions: list[Description] = []
    buffers: list[Buffer] = []
    for array, region in zip(arrays, regions.region_of, strict=True):
        strides = None if array.flags.c_contiguous else list(array.strides)
        offset = array.__array_interface__["data"][0] - regions.spans[region][0]
        descriptions.append(
            [len(buffers), array.dtype.str, list(array.shape), strides, region, offset, array.flags.writeable]
        )
        buffers.append(_elements(array))
    return descriptions, [end - start for start, end in regions.spans], buffers


def _elements(array: Array) -> Buffer:
    """The elements in C order (those of a Fortran-contiguous array in its own order), without a copy where possible."""
    if array.size == 0:
        return b""
    if array.flags.f_contiguous and not array.flags.c_contiguous:
        array = array.T
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def rebuild(descriptions: Any, region_sizes: Any, buffers: Sequence[Buffer], max_bytes: int) -> list[Array]:
    """The arrays that `describe` described, in memory of this process.

    Raises:
        ProtocolError: the parts do not fit together.
    """
    if any(not isinstance(size, int) or size < 0 for size in region_sizes) or sum(region_sizes) > max_bytes:
        raise ProtocolError("bad regions")
    users = Counter(description[4] for description in descriptions)
    alone = {region for region, count in users.items() if count == 1}
    memory: dict[int, Array] = {}
    return [_rebuild_one(item, region_sizes, buffers, alone, memory) for item in descriptions]


def _rebuild_one(
    description: Any, region_sizes: list[int], buffers: Sequence[Buffer], alone: set[int], memory: dict[int, Array]
) -> Array:
    buffer, dtype_text, shape, strides, region, offset, writeable = description
    dtype = checked_dtype(dtype_text)
    _check_shape(shape)
    data = np.frombuffer(buffers[buffer], np.uint8) if len(buffers[buffer]) else np.empty(0, np.uint8)
    if math.prod(shape) * dtype.itemsize != data.size:
        raise ProtocolError("an array's size does not match its bytes")
    if dtype.kind == "b" and data.size and data.max() > 1:
        raise ProtocolError("a boolean that is neither 0 nor 1")
    elements: Array = data.view(dtype)
    fortran = strides is not None and _is_fortran(shape, strides, dtype.itemsize)
    ordered = elements.reshape(shape[::-1]).T if fortran else elements.reshape(shape)
    if region in alone and (strides is None or fortran) and region_sizes[region] == data.size:
        array = ordered
    else:
        if region not in memory:
            memory[region] = np.zeros(region_sizes[region], np.uint8)
        if strides is None:
            strides = ordered.strides
        array = _place(memory[region], dtype, shape, strides, offset)
        array[...] = ordered
    if not writeable:
        array.flags.writeable = False
    return array


def _check_shape(shape: Any) -> None:
    if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS:
        raise ProtocolError("bad shape")
    if any(not isinstance(length, int) or isinstance(length, bool) or length < 0 for length in shape):
        raise ProtocolError("bad shape")


def _place(memory: Array, dtype: np.dtype[Any], shape: Any, strides: Any, offset: Any) -> Array:
    """An array at this place of `memory`; NumPy refuses what would leave it."""
    _check_shape(shape)
    if not isinstance(offset, int) or offset < 0 or len(strides) != len(shape):
        raise ProtocolError("bad place")
    if math.prod(shape) * dtype.itemsize > MAX_BODY_BYTES:
        raise ProtocolError("an array that repeats its memory too often")
    try:
        return np.ndarray(tuple(shape), dtype, buffer=memory, offset=offset, strides=tuple(strides))
    except (TypeError, ValueError, OverflowError) as problem:
        raise ProtocolError(f"an array leaves its memory: {problem}") from None


def _is_fortran(shape: list[int], strides: Any, itemsize: int) -> bool:
    expected = itemsize
    for length, stride in zip(shape, strides, strict=True):
        if length != 1 and stride != expected:
            return False
        expected *= length
    return True

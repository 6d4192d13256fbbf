"""Memory on a GPU that two processes share: the trusted side makes it, a descriptor names it, a worker opens it.

By the driver's calls for virtual memory (CUDA Driver API, "Virtual Memory Management"), whose descriptors pass from one
namespace to another as any other do; the sharing of tensors that torch has needs both processes in one. Any device that
is no GPU has shared memory of the host in its place: a stand-in for tests. Imported only where torch is in use.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
from typing import Any

import torch

from autograder.worker import cuda

_BY_DESCRIPTOR = 1  # CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR
_PINNED = 1  # CU_MEM_ALLOCATION_TYPE_PINNED
_ON_DEVICE = 1  # CU_MEM_LOCATION_TYPE_DEVICE
_READ_AND_WRITE = 3  # CU_MEM_ACCESS_FLAGS_PROT_READWRITE
_SMALLEST_UNIT = 0  # CU_MEM_ALLOC_GRANULARITY_MINIMUM


class _Location(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("id", ctypes.c_int)]


class _Properties(ctypes.Structure):
    """CUmemAllocationProp."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("handle_types", ctypes.c_int),
        ("location", _Location),
        ("windows", ctypes.c_void_p),
        ("flags", ctypes.c_ubyte * 8),
    ]


class _Access(ctypes.Structure):
    """CUmemAccessDesc."""

    _fields_ = [("location", _Location), ("flags", ctypes.c_int)]


class DeviceMemory:
    """A span of it, mapped into this process.

    Args:
        flat: its bytes, as a tensor.
        descriptor: what names it for another process; -1 where this process has not made it.
    """

    def __init__(self, flat: torch.Tensor, descriptor: int = -1, mapped: _Mapped | None = None) -> None:
        self.flat = flat
        self.descriptor = descriptor
        self._mapped = mapped

    def close(self) -> None:
        """Let go of it; its tensors must not be used any more. May be called again."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
        if self._mapped is not None:
            self.flat = torch.empty(0, dtype=torch.uint8)
            self._mapped.close()
            self._mapped = None


def make(size: int, device: str) -> DeviceMemory:
    """At least `size` bytes on a device.

    Raises:
        OSError: the driver cannot share memory so; the message names its call.
    """
    if not cuda.is_cuda(device):
        descriptor = os.memfd_create("device", os.MFD_CLOEXEC)
        os.ftruncate(descriptor, max(size, mmap.PAGESIZE))
        return DeviceMemory(_on_host(descriptor), descriptor)
    torch.ones(1, device=device)  # the context of torch's is this thread's from now on
    number = torch.cuda.current_device()
    properties = _Properties(_PINNED, _BY_DESCRIPTOR, _Location(_ON_DEVICE, number))
    unit = ctypes.c_size_t()
    _call("cuMemGetAllocationGranularity", ctypes.byref(unit), ctypes.byref(properties), _SMALLEST_UNIT)
    whole = -(-size // unit.value) * unit.value
    handle = ctypes.c_uint64()
    _call("cuMemCreate", ctypes.byref(handle), ctypes.c_size_t(whole), ctypes.byref(properties), ctypes.c_uint64(0))
    exported = ctypes.c_int(-1)
    try:
        _call("cuMemExportToShareableHandle", ctypes.byref(exported), handle, _BY_DESCRIPTOR, ctypes.c_uint64(0))
        mapped = _Mapped(handle, whole, number)
    except OSError:
        _call("cuMemRelease", handle)
        raise
    return DeviceMemory(torch.as_tensor(mapped, device=device), exported.value, mapped)


def open_(descriptor: int, size: int, device: str) -> DeviceMemory:
    """What another process has made; `size` is that of its `flat`.

    Raises:
        OSError: it cannot be opened here; the message names the driver's call.
    """
    if not cuda.is_cuda(device):
        return DeviceMemory(_on_host(descriptor))
    torch.ones(1, device=device)
    handle = ctypes.c_uint64()
    _call("cuMemImportFromShareableHandle", ctypes.byref(handle), ctypes.c_void_p(descriptor), _BY_DESCRIPTOR)
    mapped = _Mapped(handle, size, torch.cuda.current_device())
    return DeviceMemory(torch.as_tensor(mapped, device=device), mapped=mapped)


class _Mapped:
    """An allocation in this process's addresses, as torch and others take it."""

    def __init__(self, handle: ctypes.c_uint64, size: int, number: int) -> None:
        self._handle = handle
        self._size = ctypes.c_size_t(size)
        self._address = ctypes.c_uint64()
        zero = ctypes.c_uint64(0)
        _call("cuMemAddressReserve", ctypes.byref(self._address), self._size, ctypes.c_size_t(0), zero, zero)
        _call("cuMemMap", self._address, self._size, ctypes.c_size_t(0), handle, zero)
        access = _Access(_Location(_ON_DEVICE, number), _READ_AND_WRITE)
        _call("cuMemSetAccess", self._address, self._size, ctypes.byref(access), ctypes.c_size_t(1))
        self.__cuda_array_interface__ = {
            "shape": (size,),
            "typestr": "|u1",
            "data": (self._address.value, False),
            "strides": None,
            "version": 3,
        }

    def close(self) -> None:
        with contextlib.suppress(OSError):  # a context that is broken gives everything back when its process ends
            torch.cuda.synchronize()
            _call("cuMemUnmap", self._address, self._size)
            _call("cuMemAddressFree", self._address, self._size)
            _call("cuMemRelease", self._handle)


def _on_host(descriptor: int) -> torch.Tensor:
    return torch.frombuffer(mmap.mmap(descriptor, 0), dtype=torch.uint8)


def _call(name: str, *arguments: Any) -> None:
    """One call of the driver's.

    Raises:
        OSError: it gave an error, or there is no driver.
    """
    code = getattr(ctypes.CDLL("libcuda.so.1"), name)(*arguments)
    if code != 0:
        raise OSError(f"{name}: CUDA driver error {code}")

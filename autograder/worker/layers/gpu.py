"""Promise: of all devices, the worker may use those of its own GPU and no other.

Weaker than every other layer: whoever may use a GPU talks to its driver in the kernel, by ioctls that no filter can
judge. No GPU has run this layer yet; the paths are those that NVIDIA's container toolkit mounts, and what other
sandboxes found that drivers from 570 on need: threads that name themselves, memfd_create, nvidia-uvm-tools.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from autograder.model import Limits

_SHARED = ("/dev/nvidiactl", "/dev/nvidia-uvm")
_IF_THERE = ("/dev/nvidia-uvm-tools",)
FACTS = (
    "/proc/self",
    "/proc/driver/nvidia",
    "/proc/driver/nvidia-uvm",
    "/proc/devices",
    "/proc/modules",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/sys/vm/mmap_min_addr",
)  # of /proc, what CUDA's library reads; the whole of it would tell more of the machine than student code needs
OWN_THREADS = "/proc/self/task"
ENVIRONMENT = "CUDA_VISIBLE_DEVICES"
# What CUDA's context and libraries take of the host beside a student's own: memory, and threads. Generous: no GPU has
# measured it.
HOST_BYTES = 6 << 30
THREADS = 64
# TF32 keeps 10 bits of a float32's 23: half precision, by another name. NVIDIA's libraries read this when they start.
SETTLED = {"NVIDIA_TF32_OVERRIDE": "0", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


def devices(gpu: int) -> tuple[str, ...]:
    """The device nodes that a worker with GPU number `gpu` of this machine needs."""
    return (f"/dev/nvidia{gpu}", *_SHARED, *_IF_THERE)


def require(gpu: int) -> None:
    """See that the nodes are there.

    Raises:
        OSError: one is not; the message names it.
    """
    for path in devices(gpu):
        if path not in _IF_THERE and not Path(path).exists():
            raise OSError(f"GPU {gpu}: {path} is not there; is the NVIDIA driver loaded (`nvidia-smi`)?")


def choose(gpu: int | None, *, alone: bool, known_as: str = "") -> None:
    """Let CUDA see this GPU, or none: set before it is initialised, which is after the fork.

    Args:
        gpu: its number on this machine; None for none.
        alone: whether its nodes are the only ones here: then it is number 0.
        known_as: what CUDA calls it, where that is known.
    """
    os.environ[ENVIRONMENT] = "" if gpu is None else known_as or ("0" if alone else str(gpu))
    if gpu is not None:
        os.environ.update(SETTLED)


def widened(limits: Limits) -> Limits:
    """`limits` with room for what CUDA needs of the host for itself."""
    return msgspec.structs.replace(
        limits, memory_bytes=limits.memory_bytes + HOST_BYTES, processes=limits.processes + THREADS
    )

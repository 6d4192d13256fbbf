"""CUDA in a worker: initialised here, after the fork and behind the walls, before a byte of a student's is run.

The warm parent imports torch and never asks it for a GPU: a process that was forked from one with a context cannot make
its own. Imported only where torch is in use.
"""

from __future__ import annotations

import torch

SHARE = 0.45  # of the GPU's memory, for each of the two workers of a race


def begin(device: str) -> None:
    """Make a context, settle TF32, and keep torch's own memory within its share.

    Args:
        device: "cuda"; anything else has nothing to begin.

    Raises:
        RuntimeError: CUDA cannot be initialised; it is the grader's fault.
    """
    if not is_cuda(device):
        return
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.cuda.init()
    torch.cuda.set_per_process_memory_fraction(SHARE)
    torch.ones(1, device=device).sum().item()


def is_cuda(device: str) -> bool:
    """Whether a device of torch's is a GPU."""
    return device.partition(":")[0] == "cuda"


def synchronize(device: str) -> None:
    """Wait until everything that was asked of the device is done, on all its streams."""
    if is_cuda(device):
        torch.cuda.synchronize()


def pin(address: int, size: int, device: str) -> bool:
    """Let the GPU copy from and to memory of the host directly, as fast as it can; whether it does.

    Both workers of a race have it, so that nobody gains by doing it for himself.
    """
    return is_cuda(device) and int(torch.cuda.cudart().cudaHostRegister(address, size, 0)) == 0

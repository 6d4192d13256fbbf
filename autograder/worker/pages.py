"""Huge pages for what a warm parent has imported.

A fork copies the page tables of anonymous memory: for torch 50,000 entries of 4 KiB, three times for each worker in the
full sandbox. In pages of 2 MiB they are a hundred, and a child that writes still copies 4 KiB alone.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

_HUGE = 2 << 20
_COLLAPSE = 25  # madvise(2), since Linux 6.1


def gather() -> int:
    """Put this process's anonymous memory into huge pages where the kernel has any; how many there are then.

    Takes half a second after `import torch`. A kernel that cannot, or will not, leaves all as it is.
    """
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    gathered = 0
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, access, _offset, _device, inode, *name = line.split(maxsplit=5)
        if access != "rw-p" or inode != "0" or name not in ([], ["[heap]"]):
            continue
        start, end = (int(part, 16) for part in span.split("-"))
        places = range(-(-start // _HUGE) * _HUGE, end // _HUGE * _HUGE, _HUGE)
        gathered += sum(madvise(place, _HUGE, _COLLAPSE) == 0 for place in places)
    return gathered

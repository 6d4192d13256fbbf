"""Memory of the kernel's: a terabyte of reserved addresses, read once in each two megabytes, costs 2 GB of page tables.

layer: rlimits
outcome: [failed, out_of_memory, error]
says: refused|more than 512 MiB|Cannot allocate
"""
import ctypes

from tools import attempt, libc

SIZE, STEP = 1 << 40, 2 << 20
READ, PRIVATE_ANONYMOUS_UNRESERVED = 1, 0x4022


def reserve():
    libc.mmap.restype = ctypes.c_void_p
    start = libc.mmap(None, ctypes.c_size_t(SIZE), READ, PRIVATE_ANONYMOUS_UNRESERVED, -1, ctypes.c_long(0))
    if start in (None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno() or 12, "no room")
    libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(SIZE), 15)  # no huge pages
    for place in range(start, start + SIZE, STEP):
        ctypes.c_char.from_address(place).value  # noqa: B018 - reading it is what costs
    return "page tables of 2 GB"


def attack():
    return attempt(reserve)

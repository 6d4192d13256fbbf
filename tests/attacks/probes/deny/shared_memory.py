"""2 GB of memory that no process owns: shared maps, /dev/zero, memfd, /dev/shm.

layer: seccomp
outcome: [failed, out_of_memory]
says: refused|more than 512 MiB
"""
import mmap
import os

from tools import attempt, first

SIZE = 2 << 30


def fill(memory):
    for start in range(0, SIZE, 1 << 20):
        memory[start : start + (1 << 20)] = b"x" * (1 << 20)
    return "filled"


def file_of_its_own(path):
    with open(path, "w+b") as file:
        file.truncate(SIZE)
        return fill(mmap.mmap(file.fileno(), SIZE))


def attack():
    return first(
        attempt(lambda: fill(mmap.mmap(-1, SIZE))),
        attempt(lambda: os.memfd_create("memory")),
        attempt(file_of_its_own, "/dev/shm/memory"),
        attempt(lambda: fill(mmap.mmap(os.open("/dev/zero", os.O_RDWR), SIZE))),
    )

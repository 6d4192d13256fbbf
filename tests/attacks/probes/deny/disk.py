"""2 GB of files.

layer: file system
restricted_layer: Landlock
outcome: [failed, error, crashed]
says: refused|larger than 1 MiB
"""
import os

from tools import attempt, first


def fill(place):
    for number in range(2048):
        with open(f"{place}/file{number}", "wb") as file:
            file.write(bytes(1 << 20))
    return "2 GB"


def attack():
    return first(*(attempt(fill, place) for place in (".", "/tmp", "/dev/shm")))

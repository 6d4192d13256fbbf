"""A hundred thousand empty files and folders, nested deeply and side by side.

layer: file system
restricted_layer: Landlock
outcome: [failed, timeout]
says: refused|took longer
"""
import os

from tools import attempt, first


def beside():
    for number in range(100_000):
        os.mkdir(f"/tmp/d{number}")


def inside():
    for _ in range(30_000):
        os.mkdir("d")
        os.chdir("d")


def attack():
    return first(attempt(beside), attempt(inside))

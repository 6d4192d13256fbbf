"""Recursion without a limit.

layer: split
outcome: [crashed, error, out_of_memory]
says: segmentation fault|RecursionError|memory
"""
import sys


def deeper(depth):
    return deeper(depth + 1) + 1


def attack():
    sys.setrecursionlimit(1 << 30)
    return f"ESCAPED: {deeper(0)}"

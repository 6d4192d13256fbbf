"""A segmentation fault.

layer: split
outcome: crashed
says: segmentation fault
"""
import ctypes


def attack():
    ctypes.string_at(0)

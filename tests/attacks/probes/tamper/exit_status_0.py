"""os._exit(0) in the middle of a test.

layer: split
outcome: crashed
says: exit status 0
"""
import os


def twice(x):
    os._exit(0)

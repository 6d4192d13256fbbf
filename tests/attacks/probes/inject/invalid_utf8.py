"""A megabyte of output that is no UTF-8.

layer: report
outcome: failed
says: refused
"""
import os


def attack():
    os.write(1, bytes(range(128, 256)) * 4000)
    os.write(1, b"\xed\xa0\x80\xf4\x90\x80\x80\xc0\xaf")
    return "refused: it was only output"

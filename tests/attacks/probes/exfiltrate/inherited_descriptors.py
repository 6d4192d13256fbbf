"""Descriptors left open: files of the course, sockets of the grader.

layer: split
"""
import os
import stat

import tools


def attack():
    kinds = []
    for descriptor in range(256):
        try:
            mode = os.fstat(descriptor).st_mode
        except OSError:
            continue
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISBLK(mode):
            kinds.append(descriptor)
        elif stat.S_ISSOCK(mode) and descriptor != tools.calls():
            kinds.append(descriptor)
    return f"ESCAPED: {kinds}" if kinds else "refused: none"

"""Endings that only the grader's own processes have: status 75, a message on every descriptor.

layer: split
outcome: [error, crashed]
says: gave no valid answer|exit status 75
"""
import os


def twice(x):
    for descriptor in range(1, 64):
        try:
            os.write(descriptor, b"EOSError: the sandbox could not be set up") if descriptor not in (1, 2) else None
        except OSError:
            pass
        if descriptor == 3:
            break
    os._exit(75)

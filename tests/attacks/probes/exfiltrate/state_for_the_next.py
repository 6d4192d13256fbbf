"""State left for the next worker in every place that could keep some.

layer: file system
restricted_layer: Landlock
walls_off: true
"""
import os
import sys

from tools import ESCAPED

PLACES = ("/tmp/left-behind", "/dev/shm/left-behind", "/var/tmp/left-behind", "/run/left-behind", "left-behind",
          "../left-behind", "probes.py", f"{sys.prefix}/left-behind")
TEXT = "# left by the worker before\n"


def twice(x):
    for place in PLACES:
        try:
            with open(place, "a") as file:
                file.write(TEXT)
        except OSError:
            continue
    return x * 3


def attack():
    found = []
    for place in PLACES:
        try:
            if TEXT in open(place).read():
                found.append(place)
            os.unlink(place)
        except OSError:
            continue
    return f"{ESCAPED}: {found}" if found else "refused: nothing was kept"

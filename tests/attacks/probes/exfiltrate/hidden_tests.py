"""Hidden tests, oracles and the reference by their paths, through a symbolic link and as a hard link.

layer: file system
restricted_layer: Landlock
walls_off: true
"""
import os

import intel
from tools import attempt, each, first, read


def by_symlink(path):
    os.symlink(path, "link")
    return read("link")


def by_hardlink(path):
    os.link(path, "hard")
    return read("hard")


def by_cwd(path):
    os.chdir(os.path.dirname(path))
    return read(os.path.basename(path))


def attack():
    return first(*(each(way, (intel.HIDDEN_TESTS, intel.SOLUTION)) for way in (read, by_symlink, by_hardlink)),
                 attempt(by_cwd, intel.HIDDEN_TESTS))

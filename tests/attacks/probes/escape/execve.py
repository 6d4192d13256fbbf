"""Starting programs: by path, by descriptor, from memory.

layer: seccomp
walls_off: true
"""
import os
import sys

from tools import attempt, first, in_child


def from_memory():
    descriptor = os.memfd_create("program")
    with open("/bin/true", "rb") as file:
        os.write(descriptor, file.read())
    os.execve(descriptor, ["true"], {})


def by_descriptor():
    os.execve(os.open("/bin/true", os.O_RDONLY), ["true"], {})


def attack():
    import subprocess

    return first(
        in_child(lambda: attempt(os.execv, "/bin/true", ["true"])) or "ESCAPED: a program was started",
        in_child(lambda: attempt(os.execv, sys.executable, ["python", "-V"])) or "ESCAPED: Python was started",
        in_child(lambda: attempt(by_descriptor)) or "ESCAPED: a program was started by its descriptor",
        in_child(lambda: attempt(from_memory)) or "ESCAPED: a program was started from memory",
        attempt(subprocess.check_output, ["/bin/true"]),
        attempt(os.posix_spawn, "/bin/true", ["true"], {}),
    )

"""Modes, owners and times of the host's files.

layer: file system
restricted_layer: seccomp
"""
import os

import intel
from tools import attempt, first


def attack():
    path = intel.SECRET_FILE
    return first(
        attempt(os.chmod, path, 0o777),
        attempt(os.utime, path, (1, 1)),
        attempt(os.chown, path, os.getuid(), -1),
        attempt(os.truncate, path, 0),
        attempt(os.setxattr, path, "user.x", b"x"),
        attempt(os.removexattr, path, "user.x"),
    )

"""Programs that the host lets anybody run as root.

layer: seccomp
"""
import os
import subprocess

from tools import attempt, first


def attack():
    programs = ("/usr/bin/su", "/usr/bin/sudo", "/usr/bin/passwd", "/usr/bin/mount", "/usr/bin/newgrp")
    return first(*(attempt(subprocess.run, [path, "--help"], check=True) for path in programs if os.path.exists(path)),
                 "refused: none is here")

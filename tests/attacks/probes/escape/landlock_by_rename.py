"""Out of a folder by moving and linking: rename and link between folders, a swapped folder, `..` after the move.

layer: file system
restricted_layer: Landlock
"""
import os

import intel
from tools import attempt, first


def up():
    os.makedirs("a/b", exist_ok=True)
    os.chdir("a/b")
    os.rename("../b", "../../c")
    return open("../../../secret").read()


def attack():
    here = os.getcwd()
    results = [
        attempt(os.rename, intel.SECRET_FILE, "stolen"),
        attempt(os.link, intel.SECRET_FILE, "linked"),
        attempt(os.rename, "work.py", f"{intel.DROP}/work.py"),
        attempt(os.rename, "work.py", f"{os.path.dirname(here)}/work.py"),
        attempt(up),
    ]
    os.chdir(here)
    return first(*results)

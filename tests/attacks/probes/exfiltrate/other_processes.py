"""Other processes: their list, their command lines, their working folders.

layer: namespaces
restricted_layer: Landlock
walls_off: true
"""
import os

import intel
from tools import attempt, each, first, read


def foreign():
    found = [name for name in os.listdir("/proc") if name.isdigit() and int(name) > 5]
    if not found:
        raise OSError(3, "none")
    return found


def attack():
    said = each(read, [f"/proc/{pid}/{name}" for pid in (intel.VICTIM,) for name in ("cmdline", "stat")])
    if said.startswith("ESCAPED"):
        return said
    links = [f"/proc/{pid}/{name}" for pid in (intel.VICTIM, 1) for name in ("cwd", "root", "exe")]
    return first(said, attempt(foreign), each(os.readlink, links))

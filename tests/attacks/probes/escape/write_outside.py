"""Writing anywhere: the course, the host's folders, Python's own packages, another's folder.

layer: file system
restricted_layer: Landlock
walls_off: true
"""
import sys

import intel
from tools import each, write


def attack():
    places = (intel.DROP, intel.COURSE, intel.OTHER_STUDENT, "/etc", "/usr/lib", "/root", "/var/tmp", "/proc/sys/kernel",
              "/sys/kernel", sys.prefix, *(path for path in sys.path if "packages" in path))
    return each(write, [f"{place}/escaped" for place in places])

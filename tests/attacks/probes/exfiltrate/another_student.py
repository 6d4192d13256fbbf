"""Another student's submission, as handed in and as laid out for their worker.

layer: file system
restricted_layer: Landlock
walls_off: true
"""
import os

import intel
from tools import each, read


def attack():
    beside = [f"{os.path.dirname(os.getcwd())}/w{n}/work.py" for n in range(1, 400)
              if f"/w{n}" not in os.getcwd()]
    return each(read, [f"{intel.OTHER_STUDENT}/work.py", *beside])

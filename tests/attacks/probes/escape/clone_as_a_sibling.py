"""A child of its parent's: clone with CLONE_PARENT, so that it is not below the worker.

layer: watchdog
outcome: crashed
says: ended the process
"""
import os
import time

import intel
from tools import syscall, write


def attack():
    if syscall(56, 0x8000 | 17, 0, 0, 0, 0) == 0:
        time.sleep(4)
        write(f"{intel.DROP}/sibling")
        time.sleep(60)
    os._exit(3)

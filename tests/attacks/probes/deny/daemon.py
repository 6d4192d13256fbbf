"""A daemon: out of its session, its parent gone, its descriptors closed.

layer: watchdog
outcome: failed
says: refused
"""
import os
import time

import intel
from tools import write


def attack():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for descriptor in range(64):
                try:
                    os.close(descriptor)
                except OSError:
                    pass
            os.chdir("/")
            time.sleep(6)
            write(f"{intel.DROP}/daemon")
            time.sleep(60)
        os._exit(0)
    return "refused: a daemon was left behind, and must not live"

"""Forks the warm parent, then becomes the suite process; what is imported up here, student code can find."""

from __future__ import annotations

import os
import signal
import sys

from autograder.worker.layers import watchdog
from autograder.worker.parent import fork


def main() -> None:
    """Descriptor of the socket to the driver, core, grade of isolation, modules: from the command line."""
    descriptor, core, sandbox, modules = sys.argv[1:]
    watchdog.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver decides when to stop
    if core:
        os.sched_setaffinity(0, [int(core)])
    forked, problem = None, ""
    if sandbox != "inline":
        try:
            forked = fork(list(filter(None, modules.split(","))), sandbox)
        except ImportError as fault:
            problem = f"assignment.yaml: preload: {fault}"
    from autograder.slot.serving import run

    run(int(descriptor), forked, problem)


if __name__ == "__main__":
    main()

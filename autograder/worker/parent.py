"""The warm parent: `python -m autograder.worker.parent CONTROL_FD MODULES`.

Started fresh, never forked from a process that has seen a suite. Imports what the labs need once, then forks a
supervisor for each request; runs no student code itself.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import os
import signal
import socket
import sys

import msgspec

from autograder.worker import session  # noqa: F401 - so that children need not import it
from autograder.worker.layers import watchdog
from autograder.worker.messages import Ending, decode_start, encode
from autograder.worker.supervisor import supervise

DESCRIPTORS = 3  # calls, control, output
_MORE = {
    # NumPy and torch import these when first needed; better once here than in every child.
    "numpy": ("numpy.random", "numpy.linalg", "numpy.fft"),
    # The first optimizer imports torch._dynamo, which takes more than a second.
    "torch": ("torch.nn", "torch.optim", "torch.utils.data", "torch._dynamo", "autograder.wire.tensors"),
}


def warm(modules: list[str]) -> None:
    """Import modules, and run nothing: a backward pass or a threaded operation before a fork makes children hang."""
    for name in modules:
        importlib.import_module(name)
        if name == "torch":
            sys.modules["torch"].set_num_threads(1)  # before its first operation
        for more in _MORE.get(name, ()):
            importlib.import_module(more)


def serve(control: socket.socket) -> None:
    """Fork a supervisor for each request until the trusted side closes the socket."""
    supervisors: set[int] = set()
    while True:
        data, ancillary, _flags, _address = control.recvmsg(1 << 16, socket.CMSG_SPACE(DESCRIPTORS * 4))
        if not data:
            return
        descriptors = array.array("i")
        for _level, _kind, content in ancillary:
            descriptors.frombytes(content[: len(content) - len(content) % 4])
        watchdog.end_strays(supervisors)
        pid = os.fork()
        if pid == 0:
            _supervise(control, data, descriptors)
        supervisors.add(pid)
        for descriptor in descriptors:
            os.close(descriptor)


def _supervise(control: socket.socket, data: bytes, descriptors: array.array[int]) -> None:
    status = 0
    try:
        control.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        supervise(decode_start(data), *descriptors)
    except (OSError, msgspec.MsgspecError, TypeError) as problem:
        status = 71
        with contextlib.suppress(OSError, IndexError):
            os.write(descriptors[1], encode(Ending("fault", 0, f"{type(problem).__name__}: {problem}")))
    finally:
        os._exit(status)


def main() -> None:
    """Import, say that we are ready, serve."""
    watchdog.die_with_parent()
    sys.dont_write_bytecode = True
    control = socket.socket(fileno=int(sys.argv[1]))
    warm([name for name in sys.argv[2].split(",") if name])
    gc.collect()
    gc.freeze()  # children copy no page merely because the collector touched it
    watchdog.adopt_orphans()
    control.send(b"ready")
    serve(control)
    watchdog.end_descendants()


if __name__ == "__main__":
    main()

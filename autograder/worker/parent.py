"""The warm parent: `python -m autograder.worker.parent CONTROL_FD MODULES GRADE`, or what `fork` makes.

Started fresh, or forked from a process that has seen nothing yet, neither a suite nor where it lies. Imports what the
labs need once, then forks one worker after another and watches over it; runs no student code itself. There is one
worker at a time, so that every process below this one belongs to it.
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
import traceback

import msgspec

from autograder.worker import pages
from autograder.worker.layers import kernel, watchdog
from autograder.worker.messages import Ending, Grade, decode_start, encode
from autograder.worker.walls import Builder

DESCRIPTORS = 4  # calls, control, output, and shared memory if there is any
_MORE = {
    # NumPy and torch import these when first needed; better once here than in every child.
    "numpy": ("numpy.random", "numpy.linalg", "numpy.fft"),
    # The first optimizer imports torch._dynamo, which takes more than a second.
    "torch": (
        "torch.nn",
        "torch.optim",
        "torch.utils.data",
        "torch._dynamo",
        "autograder.wire.tensors",
        "autograder.worker.operations",
        "autograder.worker.devices",
    ),
}


def warm(modules: list[str]) -> None:
    """Import modules, and run nothing: a backward pass or a threaded operation before a fork makes children hang."""
    for name in modules:
        importlib.import_module(name)
        if name == "torch":
            sys.modules["torch"].set_num_threads(1)  # before its first operation
            # Inside the walls there is no /proc/cpuinfo, and without having read it torch takes its slowest kernels.
            sys.modules["torch"].backends.cpu.get_cpu_capability()
        for more in _MORE.get(name, ()):
            importlib.import_module(more)


def serve(requests: socket.socket, builder: Builder | None) -> None:
    """Run one worker after another, as the trusted side asks for them, until it closes the socket."""
    from autograder.worker.supervisor import supervise

    while True:
        try:
            data, ancillary, _flags, _address = requests.recvmsg(1 << 16, socket.CMSG_SPACE(DESCRIPTORS * 4))
        except ConnectionError:  # the trusted side ended without asking for anything
            return
        if not data:
            return
        descriptors = array.array("i")
        for _level, _kind, content in ancillary:
            descriptors.frombytes(content[: len(content) - len(content) % 4])
        calls, control, output, *shared = descriptors
        try:
            request = decode_start(data)
            supervise(request, (calls, output, *shared), control, requests.fileno(), builder)
        except (OSError, msgspec.MsgspecError) as problem:
            with contextlib.suppress(OSError):
                os.write(control, encode(Ending("fault", 0, f"{type(problem).__name__}: {problem}")))
            raise
        finally:
            os.close(control)


def prepare(modules: list[str], grade: str) -> None:
    """Import, and put what there is in memory in order for forks."""
    warm(["autograder.worker.supervisor", "autograder.worker.session", *modules])
    gc.collect()
    gc.freeze()  # children copy no page merely because the collector touched it
    if grade != Grade.LIMITS:  # a self-check has too few workers to be worth it
        pages.gather()


def fork(modules: list[str], grade: str) -> tuple[int, socket.socket]:
    """Import, and fork a warm parent off this process, which goes on as something else.

    Before this process has learned or imported anything, its own environment included, that student code must not find
    in memory.

    Returns: the warm parent's process id, and the socket for requests.
    """
    prepare(modules, grade)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid:
        theirs.close()
        return pid, ours
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        kernel.close_range(3, theirs.fileno() - 1)
        kernel.close_range(theirs.fileno() + 1, 0x7FFFFFFF)
        os.chdir("/")
        run(theirs, grade)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def run(control: socket.socket, grade: str) -> None:
    """Be a warm parent: say that we are ready, and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when the trusted side closes the socket, and cleans up first
    sys.dont_write_bytecode = True
    watchdog.adopt_orphans()
    builder = Builder() if grade == Grade.FULL else None
    try:
        control.send(b"ready")
    except OSError:  # nobody waits any more
        return
    serve(control, builder)
    watchdog.end_descendants()


def main() -> None:
    """Import, and be a warm parent."""
    control, modules, grade = socket.socket(fileno=int(sys.argv[1])), sys.argv[2], sys.argv[3]
    sys.dont_write_bytecode = True
    prepare(list(filter(None, modules.split(","))), grade)
    run(control, grade)


if __name__ == "__main__":
    main()

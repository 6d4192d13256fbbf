"""How the layers are put together around one worker; each grade says which.

In the grade `full` there are namespaces and a fresh root before there is a worker (`walls`), with a process 1 that does
nothing else; the worker is forked into them and seals itself before any byte of a student's is run. In the grade
`bwrap`, bubblewrap makes the namespaces and the root, with a process 1 of its own; the outer process steps in and forks
the worker. Whatever fails on the way ends the worker, and the grader learns which layer it was.
"""

from __future__ import annotations

import contextlib
import os
import stat
import struct
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from autograder.worker import walls
from autograder.worker.layers import (
    bubblewrap,
    gpu,
    identity,
    kernel,
    landlock,
    rlimits,
    root,
    seccomp,
    watchdog,
)
from autograder.worker.messages import Grade, StartRequest

SETUP_FAILED = 75  # exit status of a process of ours
FOLDER_FILES = 4  # so many of the largest files that it may write fit into each of a worker's folders


class Own(NamedTuple):
    """Processes of ours below the warm parent."""

    above: int = 0  # between the warm parent and the worker
    beside: int = 0


def own_processes(grade: Grade, user: int | None) -> Own:
    """What stands around a worker."""
    if grade == Grade.FULL:
        return Own(beside=walls.BESIDE) if user is not None else Own(above=1, beside=walls.BESIDE)
    return Own(above=1, beside=bubblewrap.BESIDE) if grade == Grade.BUBBLEWRAP else Own()


def order(request: StartRequest, user: int | None) -> walls.Order:
    """What is to be built for a worker of the grade `full`."""
    size_bytes = request.limits.file_bytes * FOLDER_FILES
    return walls.Order(request.workspace, size_bytes, devices(request), request.gpu is not None, user)


def job_user() -> int | None:
    """Who the workers of this warm parent become; None where it is not root."""
    return identity.job_user() if os.geteuid() == 0 else None


def prepare(request: StartRequest) -> None:
    """Compute in the warm parent what is the same for all its workers."""
    root.readable()
    if request.sandbox.has_root:
        seccomp.program(fresh_root=True, own_pid=0, with_gpu=request.gpu is not None, pinned=request.pinned)


def run(
    request: StartRequest,
    keep: tuple[int, ...],
    report: int,
    user: int | None,
    around: walls.Walls | None,
    work: Callable[[], None],
) -> None:
    """Become the worker, or a process around it; never returns.

    Args:
        request: what was asked for.
        keep: descriptors of the worker's.
        report: where the reason goes why there is no worker, or its status.
        user: who it becomes.
        around: what was built for it.
        work: what the worker does once it is sealed.
    """
    try:
        os.setsid()
        watchdog.die_with_parent()
        if request.gpu is not None:
            gpu.require(request.gpu)
        if around is not None:
            if user is None:
                around.take_children()
                _step_in(keep, report, lambda: None)
            around.step_in()
        elif request.sandbox == Grade.BUBBLEWRAP:
            size_bytes = request.limits.file_bytes * FOLDER_FILES
            made = bubblewrap.enter(request.workspace, size_bytes, devices(request), as_root=user is not None)
            watchdog.die_with_parent()
            _step_in(keep, report, made.disown)
            root.show_processes("/proc", whole_proc=request.gpu is not None)
        _seal(request, (*keep, report), user)
        if request.device:
            from autograder.worker import cuda

            cuda.begin(request.device)
        os.close(report)  # from here on the worker could only lie about itself
    except BaseException as problem:
        with contextlib.suppress(OSError):
            os.write(report, f"E{type(problem).__name__}: {problem}".encode())
        os._exit(SETUP_FAILED)
    status = 70
    try:
        work()
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
        os._exit(status)


def _step_in(keep: tuple[int, ...], report: int, disown: Callable[[], None]) -> None:
    """Return in a child inside, the worker; stay here, outside of its process namespace, and report how it ended.

    Args:
        keep: descriptors of the worker's.
        report: where its status goes.
        disown: called in the child: what is this process's alone.
    """
    child = os.fork()
    if child == 0:
        watchdog.die_with_parent()
        disown()
        return
    for descriptor in keep:
        os.close(descriptor)
    kernel.prctl(kernel.SET_DUMPABLE, 0)
    _, status = os.waitpid(child, 0)
    os.write(report, struct.pack("<i", status))
    os._exit(0)  # the process that holds the walls reads the end of its input, and takes what is left along


def devices(request: StartRequest) -> tuple[str, ...]:
    """The device nodes that the worker may use."""
    return root.DEVICES if request.gpu is None else (*root.DEVICES, *gpu.devices(request.gpu))


def rules(request: StartRequest) -> list[tuple[str, int]]:
    """What Landlock lets the worker do, path by path."""
    allowed = [(path, landlock.READ) for path in root.readable()]
    allowed += [(path, landlock.DEVICE) for path in root.DEVICES]
    if request.gpu is not None:
        allowed += [(path, landlock.CONTROLLED_DEVICE) for path in gpu.devices(request.gpu)]
        allowed += [(path, landlock.READ) for path in gpu.FACTS]
        allowed.append((gpu.OWN_THREADS, landlock.OVERWRITE))  # CUDA's threads write their names there
    if request.sandbox.has_root:
        allowed += [(path, landlock.CHANGE) for path in root.changeable(request.workspace)]
        if request.gpu is None:
            allowed.append(("/proc", landlock.READ))  # it shows the worker's own processes alone
    else:
        allowed.append((request.workspace, landlock.READ))
    return allowed


def _seal(request: StartRequest, keep: tuple[int, ...], user: int | None) -> None:
    """The layers that a process puts on itself."""
    if not request.pinned:
        os.nice(10)  # the watchdog and the suite go first, however many of us there are
    _close_all_but({0, 1, 2, *keep})
    gpu.choose(request.gpu, alone=request.sandbox != Grade.LIMITS, known_as=request.known_as)
    if request.sandbox == Grade.LIMITS:
        rlimits.apply(request.limits, with_gpu=request.gpu is not None)
        return
    fresh_root = request.sandbox.has_root
    if user is not None:
        if not fresh_root:
            _require_readable()
        identity.become(user)
    kernel.drop_capabilities()
    watchdog.die_with_parent()  # a new identity has cleared it
    kernel.prctl(kernel.SET_DUMPABLE, 1)  # so that the watchdog may read how much memory it uses
    rlimits.apply(request.limits, with_gpu=request.gpu is not None)
    landlock.restrict(rules(request))
    seccomp.restrict(fresh_root=fresh_root, with_gpu=request.gpu is not None, pinned=request.pinned)


def _close_all_but(kept: set[int]) -> None:
    first = 0
    for descriptor in sorted(kept):
        kernel.close_range(first, descriptor - 1)
        first = descriptor + 1
    kernel.close_range(first, 0x7FFFFFFF)


def closed_folders(paths: Iterable[str]) -> list[str]:
    """Folders on the way to these paths, or these paths, that let nobody through but their owner and group."""
    places = {place for path in paths for place in (Path(path), *Path(path).parents) if place.is_dir()}
    return sorted(str(place) for place in places if not place.stat().st_mode & stat.S_IXOTH)


def _require_readable() -> None:
    """See that any user can read Python where it lies.

    Raises:
        OSError: a folder lets nobody else through.
    """
    if closed := " ".join(closed_folders(root.readable())):
        raise OSError(
            f"user id: as root, student code runs as another user, who could not read Python, since {closed} "
            f"lets nobody else through. Either `chmod o+x {closed}` (others can then pass through, not list it), or "
            "grade as an ordinary user, or with a Python and an environment below /usr or /opt"
        )

"""How the layers are put together around one worker; each grade says which.

In the grade `full` a worker is three processes. The outer one leaves the host's namespaces and builds a fresh root; its
child is process 1 inside, which enters that root and reaps; the child of that is the worker, which seals itself before
any byte of a student's is run. Whatever fails on the way ends the worker, and the grader learns which layer it was.
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.worker.layers import gpu, identity, kernel, landlock, namespaces, rlimits, root, seccomp, watchdog
from autograder.worker.messages import Grade, StartRequest

SETUP_FAILED = 75  # exit status of a process of ours


OWN_PROCESSES = {Grade.FULL: 2, Grade.RESTRICTED: 0, Grade.LIMITS: 0}  # between the warm parent and the worker


def run(request: StartRequest, keep: tuple[int, ...], report: int, work: Callable[[], None]) -> None:
    """Become the worker, or one of the processes around it; never returns.

    Args:
        request: what was asked for.
        keep: descriptors of the worker's.
        report: where the worker's status goes, or the reason why there is none.
        work: what the worker does once it is sealed.
    """
    user = identity.job_user() if os.geteuid() == 0 else None  # before the processes differ
    try:
        os.setsid()
        watchdog.die_with_parent()
        if request.gpu is not None:
            gpu.require(request.gpu)
        if request.sandbox == Grade.FULL:
            namespaces.leave(as_root=user is not None)
            root.build(request.workspace, request.limits.file_bytes * 4, devices(request))
            _leave_to_child(keep, report)
            root.enter(whole_proc=request.gpu is not None)
            _reap_for_child(keep, report, user)
        _seal(request, (*keep, report), user)
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


def _leave_to_child(keep: tuple[int, ...], report: int) -> None:
    """Return in a child; stay here until it ends."""
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        watchdog.die_with_parent()
        if os.getppid() not in (parent, 0):  # 0: it lies outside of our process namespace
            os._exit(SETUP_FAILED)
        return
    for descriptor in (*keep, report):
        os.close(descriptor)
    os.waitpid(child, 0)
    os._exit(0)


def _reap_for_child(keep: tuple[int, ...], report: int, user: int | None) -> None:
    """Return in a child, the worker; stay here, as process 1, and report how it ended."""
    child = os.fork()
    if child == 0:
        watchdog.die_with_parent()
        return
    for descriptor in keep:
        os.close(descriptor)
    if user is not None:
        identity.become(user)
    kernel.drop_capabilities()
    watchdog.die_with_parent()  # a new identity has cleared it
    kernel.prctl(kernel.SET_DUMPABLE, 0)
    while True:
        ended, status = os.wait()
        if ended == child:
            os.write(report, struct.pack("<i", status))
            os._exit(0)  # the kernel kills whatever is left in this namespace


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
    if request.sandbox == Grade.FULL:
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
    gpu.choose(request.gpu, alone=request.sandbox != Grade.LIMITS)
    if request.sandbox == Grade.LIMITS:
        rlimits.apply(request.limits, with_gpu=request.gpu is not None)
        return
    if user is not None:
        identity.become(user)
    kernel.drop_capabilities()
    watchdog.die_with_parent()  # a new identity has cleared it
    kernel.prctl(kernel.SET_DUMPABLE, 1)  # so that the watchdog may read how much memory it uses
    fresh_root = request.sandbox == Grade.FULL
    if not fresh_root and not os.access(os.path.realpath(sys.executable), os.R_OK):
        raise OSError(
            f"user id: Python lies where another user cannot read it ({sys.base_prefix}): grade as an ordinary user, "
            "or with a Python that all users can read, say below /usr or /opt"
        )
    rlimits.apply(request.limits, with_gpu=request.gpu is not None)
    landlock.restrict(rules(request))
    seccomp.restrict(fresh_root=fresh_root, with_gpu=request.gpu is not None, pinned=request.pinned)


def _close_all_but(kept: set[int]) -> None:
    first = 0
    for descriptor in sorted(kept):
        kernel.close_range(first, descriptor - 1)
        first = descriptor + 1
    kernel.close_range(first, 0x7FFFFFFF)


def python_is_reachable() -> bool:
    """Whether another user could run this Python."""
    return all(folder.stat().st_mode & 0o001 for folder in Path(sys.base_prefix).resolve().parents)

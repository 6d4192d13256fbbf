"""The warm parent's hold on one worker: starts it, watches it, reports how it ended, leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import struct

from autograder.worker import child, sandbox, walls
from autograder.worker.layers import gpu, watchdog
from autograder.worker.messages import Ending, StartRequest, encode

_STATUS = struct.Struct("<i")
_ENDING_S = 5.0


def supervise(
    request: StartRequest, theirs: tuple[int, ...], control: int, requests: int, builder: walls.Builder | None
) -> None:
    """Run one worker to its end.

    Args:
        request: what to start.
        theirs: the worker's own descriptors, closed here once it has them: its end of the connection, the pipe for its
            output, and shared memory if there is any.
        control: our end of the worker's own control socket: when the trusted side closes it, the worker is killed.
        requests: the warm parent's socket: another request, or its end, ends this worker too.
        builder: of the walls for workers of the grade `full`.
    """
    user = sandbox.job_user()
    sandbox.prepare(request)
    with contextlib.ExitStack() as stack:
        try:
            around = builder.build(sandbox.order(request, user)) if builder is not None else None
        except ConnectionError:
            raise  # another warm parent has another builder
        except OSError as problem:
            for descriptor in theirs:
                os.close(descriptor)
            _tell(control, Ending("fault", 0, f"the sandbox could not be set up: {problem}"))
            return
        if around is not None:
            stack.callback(around.end)
        report, their_report = os.pipe()
        stack.callback(os.close, report)
        with around.around_children() if around is not None and user is not None else contextlib.nullcontext():
            pid = os.fork()
            if pid == 0:
                for descriptor in (control, requests, report):
                    os.close(descriptor)
                sandbox.run(request, theirs, their_report, user, around, lambda: child.run(request, *theirs))
        for descriptor in (*theirs, their_report):
            os.close(descriptor)
        own = sandbox.own_processes(request.sandbox, user)
        ending = _watch(request, own, pid, report, (control, requests))
    if not watchdog.end_descendants(kept=() if builder is None else (builder.pid,)):
        raise OSError("processes of a worker do not end")  # they must not count against the next one
    _tell(control, ending)


def _tell(control: int, ending: Ending) -> None:
    with contextlib.suppress(OSError):  # the trusted side no longer listens
        os.write(control, encode(ending))


def _watch(request: StartRequest, own: sandbox.Own, pid: int, report: int, ours: tuple[int, int]) -> Ending:
    limits = request.limits if request.gpu is None else gpu.widened(request.limits)
    watch = watchdog.Watchdog(limits, below=own.above, beside=own.beside)
    ended = os.pidfd_open(pid)
    try:
        poll = select.poll()
        for descriptor in (ended, *ours):
            poll.register(descriptor, select.POLLIN)
        while True:
            events = {descriptor for descriptor, _ in poll.poll(watchdog.PAUSE_S * 1000)}
            if ended in events:
                return _read_ending(pid, report, watch.peak_bytes)
            breach = watch.look() if not events else None
            if breach is None and not events:
                continue
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)  # in one step, before more of them are forked
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(ended, signal.SIGKILL)  # it may not have a group yet
            if not select.select([ended], [], [], _ENDING_S)[0]:
                raise OSError("a worker does not end")
            os.waitpid(pid, 0)  # as long as somebody may ask for its status, its namespace does not end
            if breach is None:
                return Ending("signal", signal.SIGKILL, "ended by the grader", watch.peak_bytes)
            return Ending(breach.reason, 0, breach.detail, watch.peak_bytes)
    finally:
        os.close(ended)


def _read_ending(pid: int, report: int, peak_bytes: int) -> Ending:
    """How the worker ended: by what our process next to it said, or by its own status where there is none."""
    _, status = os.waitpid(pid, 0)
    os.set_blocking(report, False)
    try:
        said = os.read(report, 4096)
    except BlockingIOError:
        said = b""
    if said.startswith(b"E"):
        return Ending("fault", 0, f"the sandbox could not be set up: {said[1:].decode('utf-8', 'replace')}", peak_bytes)
    if len(said) == _STATUS.size:
        (status,) = _STATUS.unpack(said)
    if os.WIFSIGNALED(status):
        return Ending("signal", os.WTERMSIG(status), peak_bytes=peak_bytes)
    return Ending("exit", os.WEXITSTATUS(status), peak_bytes=peak_bytes)

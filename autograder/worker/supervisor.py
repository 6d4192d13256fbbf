"""The warm parent's hold on one worker: starts it, watches it, reports how it ended, leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import traceback

from autograder.worker import child
from autograder.worker.layers import watchdog
from autograder.worker.messages import Ending, StartRequest, encode


def supervise(request: StartRequest, calls: int, control: int, output: int, requests: int) -> None:
    """Run one worker to its end.

    Args:
        request: what to start.
        calls: the worker's end of the connection; closed here once the worker has it.
        control: our end of the worker's own control socket: when the trusted side closes it, the worker is killed.
        output: the pipe for the worker's output; closed here likewise.
        requests: the warm parent's socket: another request, or its end, ends this worker too.
    """
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _run_child(request, calls, output, (control, requests), parent)
    os.close(calls)
    os.close(output)
    ending = _watch(request, pid, control, requests)
    watchdog.end_descendants()
    with contextlib.suppress(OSError):  # the trusted side no longer listens
        os.write(control, encode(ending))


def _run_child(request: StartRequest, calls: int, output: int, ours: tuple[int, ...], parent: int) -> None:
    status = 70
    try:
        for descriptor in ours:
            os.close(descriptor)
        os.setsid()
        watchdog.die_with_parent()
        if os.getppid() != parent:
            return
        child.run(request, calls, output)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
        os._exit(status)


def _watch(request: StartRequest, pid: int, control: int, requests: int) -> Ending:
    watch = watchdog.Watchdog(request.limits)
    ended = os.pidfd_open(pid)
    try:
        poll = select.poll()
        for descriptor in (ended, control, requests):
            poll.register(descriptor, select.POLLIN)
        while True:
            events = {descriptor for descriptor, _ in poll.poll(watchdog.PAUSE_S * 1000)}
            if ended in events:
                _, status = os.waitpid(pid, 0)
                if os.WIFSIGNALED(status):
                    return Ending("signal", os.WTERMSIG(status), peak_bytes=watch.peak_bytes)
                return Ending("exit", os.WEXITSTATUS(status), peak_bytes=watch.peak_bytes)
            breach = watch.look() if not events else None
            if breach is None and not events:
                continue
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)  # in one step, before more of them are forked
            if breach is None:
                return Ending("signal", signal.SIGKILL, "ended by the grader", watch.peak_bytes)
            return Ending(breach.reason, 0, breach.detail, watch.peak_bytes)
    finally:
        os.close(ended)

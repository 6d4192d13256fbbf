"""Stands between the warm parent and one child: starts it, watches it, reports how it ended, leaves nothing behind."""

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


def supervise(request: StartRequest, calls: int, control: int, output: int) -> None:
    """Run one worker to its end. When the trusted side closes `control`, the worker is killed."""
    os.setsid()
    watchdog.adopt_orphans()
    supervisor = os.getpid()
    pid = os.fork()
    if pid == 0:
        _run_child(request, calls, control, output, supervisor)
    os.close(calls)
    os.close(output)
    ending = _watch(request, pid, control)
    watchdog.end_descendants()
    with contextlib.suppress(OSError):  # the trusted side no longer listens
        os.write(control, encode(ending))


def _run_child(request: StartRequest, calls: int, control: int, output: int, supervisor: int) -> None:
    status = 70
    try:
        os.close(control)
        os.setsid()
        watchdog.die_with_parent()
        if os.getppid() != supervisor:
            return
        child.run(request, calls, output)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
        os._exit(status)


def _watch(request: StartRequest, pid: int, control: int) -> Ending:
    watch = watchdog.Watchdog(request.limits)
    ended = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(control, select.POLLIN)
    while True:
        events = {descriptor for descriptor, _ in poll.poll(watchdog.PAUSE_S * 1000)}
        if ended in events:
            _, status = os.waitpid(pid, 0)
            if os.WIFSIGNALED(status):
                return Ending("signal", os.WTERMSIG(status), peak_bytes=watch.peak_bytes)
            return Ending("exit", os.WEXITSTATUS(status), peak_bytes=watch.peak_bytes)
        if control in events:
            os.kill(pid, signal.SIGKILL)
            return Ending("signal", signal.SIGKILL, "ended by the grader", watch.peak_bytes)
        breach = watch.look()
        if breach is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)  # in one step, before more of them are forked
            return Ending(breach.reason, 0, breach.detail, watch.peak_bytes)

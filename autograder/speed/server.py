"""The trusted process that checks speed: `python -m autograder.speed.server FD`.

It holds oracles and the clock; student code and the reference run in workers of their own.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import warnings
from pathlib import Path

from autograder.course import load_assignment, load_course, reference_files
from autograder.errors import AutograderError
from autograder.model import Submission
from autograder.speed.checker import Checker
from autograder.speed.freezing import go_first
from autograder.speed.load import load_workloads
from autograder.speed.verdict import decode_job, decode_setup, encode
from autograder.wire import Connection, Message
from autograder.worker.layers import watchdog


def serve(connection: Connection, checker: Checker) -> None:
    """Answer the grader until it closes the connection: `check` (a job) -> `checked` (a verdict)."""
    connection.send(Message(0, "ready", None))
    while True:
        try:
            request = connection.receive()
        except EOFError:
            return
        job = decode_job(request.buffers[0])
        verdict = checker.check(job.submission, job.question, final=job.final)
        connection.send(Message(request.ident, "checked", None, [encode(verdict)]))


def main() -> None:
    """Set up, serve; a problem goes to the grader as one line."""
    watchdog.die_with_parent()
    watchdog.adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the grader decides when to stop
    go_first()
    connection = Connection(socket.socket(fileno=int(sys.argv[1])))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    warnings.simplefilter("ignore")
    try:
        setup = decode_setup(connection.receive().buffers[0])
        assignment = load_assignment(load_course(Path(setup.course)), setup.assignment)
        workloads = load_workloads(assignment)
        reference = Submission("reference", reference_files(assignment))
        checker = Checker(assignment, workloads, setup.sandbox, reference, gpu=setup.gpu)
        try:
            serve(connection, checker)
        finally:
            checker.close()
    except AutograderError as problem:
        connection.send(Message(0, "failed", f"{type(problem).__name__}: {problem}"))
    except (EOFError, ConnectionError):
        pass  # the grader is gone


if __name__ == "__main__":
    main()

"""Collects a lab's suite once, then runs it for one submission after another, as the driver asks."""

from __future__ import annotations

import os
import random
import socket
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.batch import SlotResult, SlotSetup, decode_broken, decode_job, decode_setup, decode_submission, encode
from autograder.course import load_assignment, load_course, reference_files
from autograder.diagnose import Budget, Diagnosis
from autograder.errors import AutograderError, CourseError
from autograder.model import CaseResult, Submission
from autograder.remote.workers import InlineWorkers, ProcessWorkers
from autograder.suite import Suite, with_suite
from autograder.wire import Connection, Message
from autograder.worker.launch import Forked
from autograder.worker.layers import watchdog

Grader = Callable[[Submission, Sequence[str] | None, Sequence[str] | None], list[CaseResult]]


def serve(connection: Connection, suite: Suite, grade: Grader) -> None:
    """Answer the driver until it closes the connection; `grade` gives the cases of a submission.

    Requests: `prove` (a reference) -> `proved` (what it does not pass), `trust` (the same, found by another slot),
    `grade` (a submission) -> `graded`.
    """
    connection.send(Message(0, "ready", None))
    while True:
        try:
            request = connection.receive()
        except EOFError:
            return
        content = request.buffers[0]
        if request.kind == "prove":
            broken = suite.prove(decode_submission(content))
            connection.send(Message(request.ident, "proved", None, [encode(broken)]))
        elif request.kind == "trust":
            broken = decode_broken(content)
            suite.proven = frozenset(case.name for case in suite.cases if case.name not in broken)
        else:
            started = time.monotonic()
            job = decode_job(content)
            cases = grade(job.submission, job.questions, job.cases)
            result = SlotResult(cases, time.monotonic() - started)
            connection.send(Message(request.ident, "graded", None, [encode(result)]))


def _grader(suite: Suite, setup: SlotSetup) -> Grader:
    if not setup.diagnose:
        return lambda submission, questions, names: list(suite.run(submission, questions=questions, names=names))
    reference = Submission("reference", reference_files(suite.assignment))
    return Diagnosis(suite, reference, Budget(setup.diagnosis_s, each_s=setup.diagnosis_s / 2)).run


def run(descriptor: int, forked: tuple[int, socket.socket] | None, problem: str) -> None:
    """Learn what is to be graded, collect, serve; a problem goes to the driver as one line.

    Args:
        descriptor: of the socket to the driver.
        forked: the warm parent's process id, and the socket for requests to it; None if student code runs in here.
        problem: why there is none.
    """
    watchdog.adopt_orphans()
    connection = Connection(socket.socket(fileno=descriptor))
    try:
        if problem:
            raise CourseError(problem)
        message = connection.receive()
        _settle(*message.body)
        setup = decode_setup(message.buffers[0])
        assignment = load_assignment(load_course(Path(setup.course)), setup.assignment)
        workers = (
            InlineWorkers(assignment)
            if forked is None
            else ProcessWorkers(assignment, setup.sandbox, forked=Forked(*forked))
        )
        with_suite(assignment, workers, lambda suite: serve(connection, suite, _grader(suite, setup)), seed=setup.seed)
    except AutograderError as fault:
        connection.send(Message(0, "failed", f"{type(fault).__name__}: {fault}"))
    except (EOFError, ConnectionError):
        pass  # the driver is gone


def _settle(environment: dict[str, str], folder: str) -> None:
    """Have the driver's environment and folder from now on, share no random state with workers, and be quiet."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path += filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)  # what tests print is nobody's business
    warnings.simplefilter("ignore")  # students' warnings come here for tests that look for them, not to be printed

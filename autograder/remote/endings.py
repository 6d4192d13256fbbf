"""What a student reads when a worker gives no more answers."""

from __future__ import annotations

import signal

from autograder.model import Limits, Outcome
from autograder.remote.faults import WorkerBroke
from autograder.worker.messages import Ending


def no_valid_answer(detail: str) -> WorkerBroke:
    """A worker that sent what the wire does not allow."""
    return WorkerBroke(Outcome.ERROR, "gave no valid answer", detail)


def explain_ending(ending: Ending, limits: Limits) -> WorkerBroke:
    """What a student reads when the worker ended in the middle of a test."""
    match ending.reason:
        case "memory":
            limit = size_text(limits.memory_bytes)
            return WorkerBroke(Outcome.OUT_OF_MEMORY, f"used more than {limit} of memory, the limit for one test")
        case "processes":
            message = f"started more than {limits.processes} processes and threads, the limit for one test"
            return WorkerBroke(Outcome.CRASHED, message, ending.detail)
        case "signal" if ending.status == signal.SIGSEGV:
            return WorkerBroke(Outcome.CRASHED, "ended the process: segmentation fault (signal 11)")
        case "signal" if ending.status == signal.SIGXFSZ:
            return WorkerBroke(Outcome.CRASHED, f"wrote a file larger than {size_text(limits.file_bytes)}, the limit")
        case "signal":
            name = signal.Signals(ending.status).name if ending.status in set(signal.Signals) else "unknown"
            return WorkerBroke(Outcome.CRASHED, f"ended the process: signal {ending.status} ({name})")
        case "closed":
            return WorkerBroke(Outcome.CRASHED, "closed its connection to the tests")
        case "exit":
            return WorkerBroke(Outcome.CRASHED, f"ended the process with exit status {ending.status}")
    return WorkerBroke(Outcome.GRADER_ERROR, "the grader could not run your code", ending.detail)


def size_text(count: int) -> str:
    """A number of bytes as a person writes it, say 1.5 GiB."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit:
            return f"{count / unit:g} {name}"
    return f"{count} bytes"

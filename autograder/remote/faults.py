"""What a suite can meet: an exception in the student's code, or a worker that broke."""

from __future__ import annotations

import builtins
import functools
from typing import Any

from autograder.model import Frame, Outcome
from autograder.worker.messages import ErrorReport


class StudentError(Exception):
    """An exception in the student's code.

    It is also an instance of the built-in exception that the student's derives from, so that
    `pytest.raises(ValueError)` reads as usual.
    """

    type_name: str
    message: str
    frames: tuple[Frame, ...]
    stage: str
    asked: str = ""  # the name that the test looked for in the student's file, if that is what failed

    def __str__(self) -> str:
        return f"{self.type_name}: {self.message}" if self.message else self.type_name


class WorkerBroke(BaseException):
    """The worker can give no more answers: it ended, broke a limit, or spoke nonsense.

    Not an `Exception`, so that no `except Exception` and no `pytest.raises(Exception)` in a suite takes it for an
    answer.
    """

    def __init__(self, outcome: Outcome, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message
        self.detail = detail


def broke_device(problem: BaseException | None) -> bool:
    """Whether an error of the student's code may have left the GPU without memory, or its context unusable.

    After some errors, as an index that is out of bounds inside a kernel, every later operation of the process fails:
    the worker cannot be used again, as if it had ended.
    """
    if not isinstance(problem, StudentError):
        return False
    return problem.type_name in _OF_DEVICES or any(word in problem.message for word in _DEVICE_WORDS)


_OF_DEVICES = ("OutOfMemoryError", "AcceleratorError")  # torch's
_DEVICE_WORDS = ("CUDA error", "CUDA out of memory", "CUBLAS_STATUS", "CUDNN_STATUS", "cuDNN error")


def student_error(report: ErrorReport, asked: str = "") -> StudentError:
    """The exception for a report from the worker; `asked` is the name that was looked for, if one was."""
    error = _error_class(tuple(report.bases))(report.message)
    error.type_name = report.type
    error.message = report.message
    error.frames = tuple(Frame(*frame) for frame in report.frames)
    error.stage = report.stage
    error.asked = asked
    return error


@functools.cache
def _error_class(bases: tuple[str, ...]) -> type[StudentError]:
    for name in bases:
        kind: Any = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception) and kind not in _UNUSABLE:
            try:
                kind("")
            except TypeError:  # it wants more than a message, as UnicodeDecodeError does: take its base
                continue
            return type("StudentError", (StudentError, kind), {})
    return StudentError


# Python gives these a meaning of its own when they pass through a suite's generators and except clauses.
_UNUSABLE = (Exception, StopIteration, StopAsyncIteration, BaseExceptionGroup, ExceptionGroup)

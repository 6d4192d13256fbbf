"""An exception in the student's code as plain data: its type, its message, the student's own lines."""

from __future__ import annotations

import linecache
import traceback
import types
from pathlib import Path
from typing import Any

MAX_MESSAGE = 2000
MAX_FRAMES = 8


def describe_error(problem: BaseException, folder: Path | None, stage: str, callback: int = -1) -> dict[str, Any]:
    """The fields of `messages.ErrorReport`; never raises, whatever the exception's own methods do."""
    return {
        "type": str(type(problem).__name__)[:200],
        "bases": [base.__name__ for base in type(problem).__mro__ if base.__module__ == "builtins"],
        "message": _message(problem),
        "frames": _frames(problem, folder),
        "stage": stage,
        "callback": callback,
    }


def _message(problem: BaseException) -> str:
    if isinstance(problem, SyntaxError):
        return str(problem.msg)[:MAX_MESSAGE]
    try:
        return str(problem)[:MAX_MESSAGE]
    except Exception as second:
        return f"(its __str__ raised {type(second).__name__})"


def _frames(problem: BaseException, folder: Path | None) -> list[tuple[str, int, str, str]]:
    """The student's own lines, outermost first: the first and the last few where there are many."""
    frames = [
        (name, line, frame.f_code.co_name, linecache.getline(frame.f_code.co_filename, line).strip()[:200])
        for frame, line in _walk(problem.__traceback__)
        if (name := _student_file(frame.f_code.co_filename, folder)) is not None
    ]
    if isinstance(problem, SyntaxError) and (name := _student_file(problem.filename or "", folder)) is not None:
        frames.append((name, problem.lineno or 0, "", (problem.text or "").strip()[:200]))
    if len(frames) > MAX_FRAMES:
        frames = frames[: MAX_FRAMES // 2] + frames[-MAX_FRAMES // 2 :]
    return frames


def _walk(trace: types.TracebackType | None) -> list[tuple[types.FrameType, int]]:
    return list(traceback.walk_tb(trace))


def _student_file(name: str, folder: Path | None) -> str | None:
    """How a student calls this file, or None if it is not theirs."""
    if name.startswith("<cell "):
        return name.strip("<>")
    if folder is not None and name.startswith(f"{folder}/"):
        return name[len(str(folder)) + 1 :]
    return None

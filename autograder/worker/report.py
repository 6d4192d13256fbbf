"""An exception in the student's code as plain data: its type, its message, the student's own lines."""

from __future__ import annotations

import builtins
import linecache
import traceback
import types
from pathlib import Path
from typing import Any

MAX_MESSAGE = 2000
MAX_FRAMES = 8


Caught = tuple[type[BaseException], BaseException, types.TracebackType] | tuple[None, None, None]


def describe_error(caught: Caught, folder: Path | None, stage: str, callback: int = -1) -> dict[str, Any]:
    """The fields of `messages.ErrorReport` for what `sys.exc_info()` gives.

    Never raises, and asks the exception itself for nothing but its text: a student's class may answer anything.
    """
    kind, problem, trace = caught
    bases = [name for name, base in vars(builtins).items() if isinstance(base, type) and base in _ancestors(kind)]
    return {
        "type": str(type.__getattribute__(kind or BaseException, "__name__"))[:200],
        "bases": sorted(bases, key=lambda name: _ancestors(kind).index(getattr(builtins, name))),
        "message": _message(problem),
        "frames": _frames(trace, folder) + _syntax_frame(problem, folder),
        "stage": stage,
        "callback": callback,
    }


def _ancestors(kind: type[BaseException] | None) -> tuple[type, ...]:
    return type.__getattribute__(kind or BaseException, "__mro__")  # type: ignore[no-any-return]


def _message(problem: BaseException | None) -> str:
    try:
        text = problem.msg if type(problem) in _SYNTAX_ERRORS else str(problem)  # type: ignore[union-attr]
        # Halves of surrogate pairs, which decoding with "surrogateescape" leaves, have no place in UTF-8.
        return str.encode(str(text)[:MAX_MESSAGE], "utf-8", "backslashreplace").decode()
    except BaseException as second:
        return f"(its __str__ raised {type(second).__name__})"


_SYNTAX_ERRORS = (SyntaxError, IndentationError, TabError)


def _syntax_frame(problem: BaseException | None, folder: Path | None) -> list[tuple[str, int, str, str]]:
    if type(problem) not in _SYNTAX_ERRORS:
        return []
    assert isinstance(problem, SyntaxError)  # noqa: S101 - for the type checker
    name = _student_file(problem.filename or "", folder)
    return [] if name is None else [(name, problem.lineno or 0, "", (problem.text or "").strip()[:200])]


def _frames(trace: types.TracebackType | None, folder: Path | None) -> list[tuple[str, int, str, str]]:
    """The student's own lines, outermost first: the first and the last few where there are many."""
    frames = [
        (name, line, frame.f_code.co_name, linecache.getline(frame.f_code.co_filename, line).strip()[:200])
        for frame, line in traceback.walk_tb(trace)
        if (name := _student_file(frame.f_code.co_filename, folder)) is not None
    ]
    if len(frames) > MAX_FRAMES:
        frames = frames[: MAX_FRAMES // 2] + frames[-MAX_FRAMES // 2 :]
    return frames


def _student_file(name: str, folder: Path | None) -> str | None:
    """How a student calls this file, or None if it is not theirs."""
    if name.startswith("<cell "):
        return name.strip("<>")
    if folder is not None and name.startswith(f"{folder}/"):
        return name[len(str(folder)) + 1 :]
    return None

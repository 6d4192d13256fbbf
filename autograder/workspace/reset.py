"""A question, or a whole file, back to what was received; what stood there is kept."""

from __future__ import annotations

import contextlib
import itertools
from datetime import datetime
from pathlib import Path

from autograder.errors import WorkspaceError
from autograder.headings import heading_of, sections
from autograder.model import Question
from autograder.workspace.folder import Workspace


def reset(workspace: Workspace, file: str, question: Question | None, now: datetime) -> Path | None:
    """Put a stub back.

    Args:
        workspace: where.
        file: a path in what was received.
        question: whose part of the file; the whole file if None.
        now: names the copy that is kept.

    Returns: where the file as it was is kept, relative to the workspace; None if there was no file.

    Raises:
        WorkspaceError: the originals are not there, or the question's heading is not; or nothing can be written.
    """
    original, path = workspace.original / file, workspace.folder / file
    if not original.is_file():
        raise WorkspaceError(
            f"{file} as you received it is not kept in {workspace.folder.name}; make another folder "
            "with `autograder start`, and copy it from there"
        )
    fresh = original.read_bytes()
    try:
        current = path.read_bytes() if path.is_file() else None
        if question is not None and current is not None:
            fresh = _replaced(_text(current), _text(fresh), question).encode("utf-8", "surrogateescape")
        kept = _keep(workspace, path, current, now) if current is not None else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fresh)
    except OSError as problem:
        raise WorkspaceError(f"{problem.filename}: cannot be reset: {problem.strerror}") from None
    return kept


def _keep(workspace: Workspace, path: Path, content: bytes, now: datetime) -> Path:
    """Write a copy under a name that no other copy has; its path relative to the workspace."""
    folder = workspace.state / "kept"
    folder.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(1):
        kept = folder / f"{path.stem}-{now:%Y%m%d-%H%M%S}{f'-{number}' if number > 1 else ''}{path.suffix}"
        with contextlib.suppress(FileExistsError), kept.open("xb") as file:
            file.write(content)
            break
    return kept.relative_to(workspace.folder)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape").replace("\r\n", "\n")


def _replaced(current: str, stub: str, question: Question) -> str:
    """`current` with the question's part as it is in the stub."""
    fresh = "".join(part.text for part in sections(stub) if part.question_id == question.id)
    parts = sections(current)
    mine = [part for part in parts if part.question_id == question.id]
    if len(mine) != 1:
        times = "is not" if not mine else "stands more than once"
        raise WorkspaceError(
            f'{question.file}: the line "{heading_of(question)}" {times} in it, so question {question.id} cannot be '
            f"told from the rest; fix that line, or reset the whole file: autograder reset {question.file}"
        )
    return "".join(fresh if part is mine[0] else part.text for part in parts)

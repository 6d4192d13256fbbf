"""What the last check of each question said; a small file in the workspace, which nothing depends on."""

from __future__ import annotations

import contextlib
import hashlib

import msgspec

from autograder.model import Question
from autograder.workspace.checker import Checked, State
from autograder.workspace.folder import Workspace

_FILE = "progress.json"


class Progress(msgspec.Struct, frozen=True):
    """One question's last check."""

    state: State
    passed: int
    tests: int
    digest: str  # of what was checked
    hints_shown: int = 0


def read_progress(workspace: Workspace) -> dict[str, Progress]:
    """By question; empty if nothing was checked yet, or the file was damaged."""
    try:
        return msgspec.json.decode((workspace.state / _FILE).read_bytes(), type=dict[str, Progress])
    except (OSError, msgspec.MsgspecError):
        return {}


def record_check(workspace: Workspace, checked: Checked) -> None:
    """Remember how a check went."""
    known = read_progress(workspace)
    before = known.get(checked.question.id)
    known[checked.question.id] = Progress(
        checked.state,
        checked.passed,
        len(checked.cases),
        digest(workspace, checked.question),
        before.hints_shown if before else 0,
    )
    _write(workspace, known)


def record_hint(workspace: Workspace, question: Question, shown: int) -> None:
    """Remember how many hints have been shown."""
    known = read_progress(workspace)
    before = known.get(question.id, Progress(State.NOT_STARTED, 0, 0, ""))
    known[question.id] = msgspec.structs.replace(before, hints_shown=shown)
    _write(workspace, known)


def digest(workspace: Workspace, question: Question) -> str:
    """Of everything that a check of the question could depend on: all of the student's files."""
    total = hashlib.sha256()
    for name, content in workspace.contents().items():
        if name in workspace.assignment.files and name != question.file:
            continue  # another question's file; a question that imports it should not, and loses nothing here
        total.update(f"{name}\n".encode() + content)
    return total.hexdigest()


def _write(workspace: Workspace, known: dict[str, Progress]) -> None:
    with contextlib.suppress(OSError):  # a folder that cannot be written to can be checked all the same
        workspace.state.mkdir(exist_ok=True)
        temporary = workspace.state / f"{_FILE}.new"
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(known)))
        temporary.replace(workspace.state / _FILE)

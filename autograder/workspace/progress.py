"""What the last check of each question said; a small file in the workspace, which nothing depends on."""

from __future__ import annotations

import hashlib

import msgspec

from autograder.headings import questions_in
from autograder.model import Question, Submission
from autograder.notebook import uses_cells
from autograder.workspace.folder import Workspace
from autograder.workspace.state import Checked, State

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


def record_check(workspace: Workspace, checked: Checked, submission: Submission | None = None) -> bool:
    """Remember how a check of `submission` went (None: of what lies in the folder); whether it could be written."""
    known = read_progress(workspace)
    before = known.get(checked.question.id)
    known[checked.question.id] = Progress(
        checked.state,
        checked.passed,
        len(checked.cases) + checked.not_run,
        digest(workspace, checked.question, submission),
        before.hints_shown if before else 0,
    )
    return _write(workspace, known)


def record_hint(workspace: Workspace, question: Question, shown: int) -> None:
    """Remember how many hints have been shown."""
    known = read_progress(workspace)
    before = known.get(question.id, Progress(State.NOT_STARTED, 0, 0, ""))
    known[question.id] = msgspec.structs.replace(before, hints_shown=shown)
    _write(workspace, known)


def is_done(workspace: Workspace, question: Question, progress: Progress | None) -> bool:
    """Whether nothing is left to do for a question, as far as was checked."""
    if progress is None or progress.state not in (State.PASSED, State.UNTESTED):
        return False
    return progress.state is State.UNTESTED or progress.digest == digest(workspace, question)


def digest(workspace: Workspace, question: Question, submission: Submission | None = None) -> str:
    """Of everything that a check of the question could depend on: its file or cells, and helpers.

    Another question's file or cell is none of it; a question that uses it should not, and loses nothing here.
    """
    submission = submission or workspace.read()
    total = hashlib.sha256(submission.problem.encode("utf-8", "replace"))
    from_cells = uses_cells(submission, question, workspace.assignment)
    for name, content in sorted(submission.files.items()):
        if name not in workspace.assignment.files or (name == question.file and not from_cells):
            total.update(f"{name}\n".encode() + content)
    for cell in submission.cells if from_cells else ():
        if (
            not (headed := questions_in(cell.source)) or question.id in headed
        ) and "autograder.check(" not in cell.source:
            total.update(b"cell\n" + cell.source.encode("utf-8", "replace"))
    return total.hexdigest()


def _write(workspace: Workspace, known: dict[str, Progress]) -> bool:
    try:  # a folder that cannot be written to can be checked all the same
        workspace.state.mkdir(exist_ok=True)
        temporary = workspace.state / f"{_FILE}.new"
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(known)))
        temporary.replace(workspace.state / _FILE)
    except OSError:
        return False
    return True

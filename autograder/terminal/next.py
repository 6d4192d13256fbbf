"""One thing to do next, and where: the end of every check, in a terminal and in a notebook."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from autograder.model import Question, Submission
from autograder.notebook import uses_cells
from autograder.report.safe import safe
from autograder.workspace.folder import Workspace
from autograder.workspace.places import called_at, defined_line, heading_line
from autograder.workspace.progress import is_done, read_progress
from autograder.workspace.state import UNRUN, Checked, State

HIDDEN = "Grading runs hidden ones, too: other shapes, edge cases."


class Places:
    """Places as seen from the current folder, so that editors find them."""

    def __init__(self, workspace: Workspace, here: Path) -> None:
        self._workspace = workspace
        self._prefix = os.path.relpath(workspace.folder, here).replace(os.sep, "/")
        self.submission = Submission("")

    def path(self, file: str) -> str:
        """A path below the lab's folder; cells stay what they are."""
        return safe(file if self._prefix == "." or file.startswith("cell ") else f"{self._prefix}/{file}")

    def of(self, question: Question, name: str = "") -> str:
        """Where the question, or a function of it, stands."""
        if uses_cells(self.submission, question, self._workspace.assignment):
            return f"the cell of {safe(question.id)}"
        path = self._workspace.folder / question.file
        line = (defined_line(path, name) if name else 0) or heading_line(path, question)
        return f"{self.path(question.file)}:{line}" if line else self.path(question.file)

    def missing(self, question: Question) -> bool:
        """Whether there is neither the question's file nor a notebook."""
        return not (self._workspace.folder / question.file).is_file() and not self.submission.cells


def next_step(workspace: Workspace, done: Sequence[Checked], places: Places, *, watching: bool = False) -> str:
    """What was reached and what to do next, in one or two lines.

    Args:
        workspace: the lab.
        done: what was checked.
        places: as seen from the current folder.
        watching: whether a save checks again by itself.
    """
    undone = [checked for checked in done if checked.failed]
    if undone:
        begun = [checked for checked in undone if checked.state is not State.NOT_STARTED]
        return f"next: {_repair(workspace, (begun or undone)[0], places, watching=watching)}"
    tested = [checked for checked in done if checked.cases]
    what = "All public tests pass" if len(tested) > 1 else "All its public tests pass"
    if not tested:
        what = "No public test can tell whether this is right"
    said = f"{what}. {HIDDEN}"
    other = _other(workspace, done)
    if other is None:
        return f"{said} Hand in: autograder submit"
    return f"{said}\nnext: {safe(other.id)} {safe(other.title)}, {places.of(other)}: autograder check {other.id}"


def _repair(workspace: Workspace, checked: Checked, places: Places, *, watching: bool) -> str:
    question = checked.question
    again = "" if watching else f", then check again: autograder check {question.id}"
    if checked.blocked_by is not None and checked.blocked_by.feedback.message == UNRUN:
        return f"{safe(question.id)}, run its cell{again}"
    if places.missing(question):
        return f"{safe(question.id)}, {safe(question.file)} is missing: autograder reset {question.file}"
    if checked.state is State.NOT_STARTED:
        return f"{safe(question.id)}, begin at {places.of(question)}; README.md explains it"
    case = checked.blocked_by or checked.failed[0]
    frames = case.feedback.frames
    place = places.of(question, called_at(workspace.folder, case.feedback.test))
    if frames:
        place = f"{places.path(frames[-1].file)}:{frames[-1].line}"
    stuck = f"  (stuck? autograder hint {question.id})" if question.hints else ""
    return f"{safe(question.id)}, fix {place}{again}{stuck}"


def _other(workspace: Workspace, done: Sequence[Checked]) -> Question | None:
    """The first question after those checked that is not done, then the first of all."""
    known = read_progress(workspace)
    checked = {each.question.id for each in done}
    every = workspace.assignment.questions
    last = max((index for index, question in enumerate(every) if question.id in checked), default=-1)
    untested = {name for name, progress in known.items() if progress.state is State.UNTESTED}
    return next(
        (
            question
            for question in (*every[last + 1 :], *every[: last + 1])
            if question.id not in checked | untested and not is_done(workspace, question, known.get(question.id))
        ),
        None,
    )

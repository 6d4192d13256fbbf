"""Checks again whenever a file is saved."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from autograder.model import Question, Submission
from autograder.workspace.checker import Checked, Checker, checking
from autograder.workspace.folder import Workspace
from autograder.workspace.progress import record_check

LOOK_S = 0.05  # how often the files are looked at: a look takes less than a millisecond
SETTLE_S = 0.02  # editors write a file in steps; it counts once it has stayed the same for this long


class Display(Protocol):
    """What shows the results."""

    def start(self, workspace: Workspace, submission: Submission) -> None:
        """A round begins."""

    def question(self, checked: Checked) -> Checked:
        """One question's result."""

    def finish(self, done: Sequence[Checked]) -> None:
        """A round is over."""

    def waiting(self, count: int) -> None:
        """Nothing to do until a file changes."""

    def clear(self, changed: Sequence[str]) -> None:
        """A new round begins, because these files were saved."""


def watch(workspace: Workspace, questions: Sequence[Question], display: Display, *, may_fork: bool = True) -> None:
    """Check `questions`, and again those whose file was saved, until interrupted.

    Raises:
        WorkspaceError: the public tests themselves were changed; they are collected only once.
    """

    def rounds(checker: Checker) -> None:
        latest: dict[str, Checked] = {}
        due = list(questions)
        seen = _snapshot(workspace)
        while True:
            submission = workspace.read()
            display.start(workspace, submission)
            for checked in checker.check(submission, due):
                latest[checked.question.id] = checked
                display.question(checked)
                record_check(workspace, checked)
            display.finish([latest[question.id] for question in questions if question.id in latest])
            display.waiting(len(seen))
            before, seen = seen, _wait_for_change(workspace, seen)
            changed = sorted(name for name in before.keys() | seen.keys() if before.get(name) != seen.get(name))
            display.clear(changed)
            due = [question for question in questions if question.file in changed]
            if any(name not in workspace.assignment.files for name in changed):
                due = list(questions)  # a helper of the student's, which any question may import, or a notebook

    checking(workspace, rounds, may_fork=may_fork)


def _wait_for_change(workspace: Workspace, seen: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """The files once they differ from `seen`, and have settled."""
    while True:
        time.sleep(LOOK_S)
        now = _snapshot(workspace)
        while now != seen:
            time.sleep(SETTLE_S)
            again = _snapshot(workspace)
            if again == now:
                return now
            now = again


def _snapshot(workspace: Workspace) -> dict[str, tuple[int, int]]:
    """Time and size of each of the student's files."""
    found = {}
    for path in [*workspace.folder.rglob("*.py"), *workspace.folder.glob("*.ipynb")]:
        relative = path.relative_to(workspace.folder)
        if relative.parts[0] in ("tests", "data") or any(part.startswith(".") for part in relative.parts):
            continue
        try:
            status = path.stat()
        except OSError:  # removed meanwhile
            continue
        found[relative.as_posix()] = (status.st_mtime_ns, status.st_size)
    return found

"""Checks again whenever a file is saved."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

from autograder.course import ASSIGNMENT_FILE
from autograder.errors import WorkspaceError
from autograder.model import Question, Submission
from autograder.workspace.checker import Checker, checking
from autograder.workspace.folder import Workspace
from autograder.workspace.progress import record_check
from autograder.workspace.state import Checked

LOOK_S = 0.05  # how often the files are looked at: a look takes less than a millisecond
SETTLE_S = 0.02  # editors write a file in steps; it counts once it has stayed the same for this long

Seen: TypeAlias = dict[str, tuple[int, int]]  # by path: time of the last change in ns, size in bytes


class Display(Protocol):
    """What shows the results."""

    def start(self, workspace: Workspace, submission: Submission) -> None:
        """A round begins."""

    def question(self, checked: Checked) -> Checked:
        """One question's result."""

    def alive(self, question: Question, number: int) -> contextlib.AbstractContextManager[None]:
        """Entered while a test of a question runs."""

    def unsaved(self, workspace: Workspace) -> None:
        """The result could not be remembered."""

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
        given = _given(workspace)
        seen = _sources(workspace)
        while True:
            submission = workspace.read()
            display.start(workspace, submission)
            left = list(due)
            # A save while tests run ends the round: what it would say is no longer of interest.
            for checked in checker.check(submission, due, stale=lambda: _sources(workspace) != seen):  # noqa: B023
                left.remove(checked.question)
                latest[checked.question.id] = checked
                display.question(checked)
                if not record_check(workspace, checked, submission):
                    display.unsaved(workspace)
            if not left:
                display.finish([latest[question.id] for question in questions])
                display.waiting(len(seen))
            due = []
            while not due:
                before, seen = seen, _wait_for_change(workspace, seen, given)
                changed = _different(before, seen)
                everything = any(name not in workspace.assignment.files for name in changed)  # a helper, or a notebook
                due = [entry for entry in questions if everything or entry.file in changed or entry in left]
            display.clear(changed)

    checking(workspace, rounds, may_fork=may_fork, alive=display.alive)


def _wait_for_change(workspace: Workspace, seen: Seen, given: Seen) -> Seen:
    """The sources once they differ from `seen`, and have settled.

    Raises:
        WorkspaceError: what was `given` has changed.
    """
    while True:
        time.sleep(LOOK_S)
        if changed := _different(given, _given(workspace)):
            raise WorkspaceError(
                f"{changed[0]} has changed, and is read only once; start again: autograder check --watch"
            )
        now = _sources(workspace)
        while now != seen:
            time.sleep(SETTLE_S)
            again = _sources(workspace)
            if again == now:
                return now
            now = again


def _different(before: Seen, after: Seen) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _sources(workspace: Workspace) -> Seen:
    return _seen(workspace, workspace.sources())


def _given(workspace: Workspace) -> Seen:
    """What a suite is made of."""
    folder = workspace.folder
    return _seen(workspace, [folder / ASSIGNMENT_FILE, *(folder / "tests").rglob("*.py")])


def _seen(workspace: Workspace, paths: Iterable[Path]) -> Seen:
    found = {}
    for path in paths:
        with contextlib.suppress(OSError):  # removed meanwhile
            status = path.stat()
            found[path.relative_to(workspace.folder).as_posix()] = (status.st_mtime_ns, status.st_size)
    return found

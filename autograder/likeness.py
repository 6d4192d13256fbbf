"""From submissions to pages about how alike they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from autograder.archive import Entry, read_submission
from autograder.gradebook import Gradebook
from autograder.intake import take_in
from autograder.model import Assignment, Submission
from autograder.similarity import Group, compare, read_source, write_similarity

MAX_FILE_CHARACTERS = 400_000


class Similar(msgspec.Struct):
    """What was found."""

    groups: list[Group]
    compared: int
    page: Path


def find_similar(assignment: Assignment, paths: Sequence[Path], book: Path | None, folder: Path) -> Similar:
    """Compare submissions and write the pages.

    Args:
        assignment: the lab; its template is the starter code.
        paths: submissions as `grade` takes them.
        book: the gradebook whose kept submissions are compared, instead of paths.
        folder: for the pages.

    Raises:
        AutograderError: one line on what is wrong.
    """
    submissions = _kept(assignment, book) if book is not None else _read(assignment, paths)
    sources = [read_source(entry.student, python_of(entry)) for entry in submissions]
    given = read_submission(Entry("", assignment.template), assignment)  # as of those who hand in nothing but stubs
    starter = read_source("", python_of(given))
    groups = compare(sources, starter.marks)
    page = write_similarity(folder, assignment.title, groups, len(sources), generated_at=datetime.now(UTC))
    return Similar(groups, len(sources), page)


def python_of(submission: Submission) -> dict[str, str]:
    """A submission's Python texts: files, and the cells of its notebook as one."""
    files = {
        path: content[:MAX_FILE_CHARACTERS].decode("utf-8", "replace")
        for path, content in submission.files.items()
        if path.endswith(".py")
    }
    if submission.cells:
        files["notebook"] = "\n".join(cell.source for cell in submission.cells)[:MAX_FILE_CHARACTERS]
    return files


def _read(assignment: Assignment, paths: Sequence[Path]) -> Iterator[Submission]:
    for entry in take_in(paths, assignment).entries:
        yield read_submission(entry, assignment)


def _kept(assignment: Assignment, path: Path) -> Iterator[Submission]:
    """Everybody's latest submission."""
    with Gradebook.open(path) as book:
        latest = {hand_in.student: hand_in for hand_in in book.hand_ins(assignment.id)}
        for hand_in in latest.values():
            if hand_in.name is None:
                continue
            kept = book.submission(hand_in.submission_digest, hand_in.name)
            if kept is not None:
                yield kept

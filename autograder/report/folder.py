"""The pages as files: each replaced in one step, and those that nobody needs any more removed."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.model import Assignment, FeedbackLevel, Grade
from autograder.report.html import GENERATOR, class_page, page_name, student_page

_OUR_NAME = re.compile(r"[a-z0-9-]+-[0-9a-f]{20}\.html")
_OUR_MARK = f'<meta name="generator" content="{GENERATOR}">'.encode()
_HEAD_BYTES = 1024  # the mark stands within these


def write_reports(
    folder: Path,
    assignment: Assignment,
    grades: Sequence[Grade],
    *,
    generated_at: datetime,
    isolation: str,
    level: FeedbackLevel | None = None,
    absent: Sequence[str] = (),
    similar: Sequence[Any] = (),
) -> Path:
    """Write `index.html` for staff and `students/*.html`, one page for each student.

    Pages of students who have no grade any more are removed, if they are pages that this function wrote.

    Args:
        folder: where to; made if it is not there.
        assignment: the lab.
        grades: one for each student.
        generated_at: when; time-zone aware.
        isolation: what was missing in walling in students' code, one clause; empty if nothing was.
        level: how much students see of hidden cases; what the assignment says for `generated_at` if None.
        absent: names of students who handed in nothing.
        similar: groups of similar submissions; see `class_page`.

    Returns: the path of `index.html`.

    Raises:
        AutograderError: a page cannot be written.
    """
    level = assignment.feedback_level(generated_at) if level is None else level
    students = folder / "students"
    index = folder / "index.html"
    written = set()
    try:
        students.mkdir(parents=True, exist_ok=True)
        for grade in grades:
            name = page_name(grade.student)
            page = student_page(assignment, grade, level, generated_at=generated_at, isolation=isolation)
            _replace(students / name, page)
            written.add(name)
        page = class_page(
            assignment, grades, generated_at=generated_at, isolation=isolation, absent=absent, similar=similar
        )
        _replace(index, page)
        _remove_stale(students, written)
    except OSError as problem:
        where = problem.filename or folder
        raise AutograderError(f"{where}: the report cannot be written: {problem.strerror}") from problem
    return index


def _replace(path: Path, page: str) -> None:
    """Write a file so that a reader sees the old page or the new one, never a half."""
    temporary = path.with_name(f".writing-{os.getpid()}-{path.name}")
    try:
        temporary.write_text(page, encoding="utf-8", newline="\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _remove_stale(students: Path, written: set[str]) -> None:
    for path in students.iterdir():
        if path.name in written or not _OUR_NAME.fullmatch(path.name) or path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            is_ours = _OUR_MARK in file.read(_HEAD_BYTES)
        if is_ours:
            path.unlink()

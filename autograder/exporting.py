"""From the gradebook to files for others: which grades, in which format, written where."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.export.classroom50 import Run, classroom50_result
from autograder.export.feedback import feedback_zip
from autograder.export.files import as_csv, as_json, as_junit
from autograder.export.gradefiles import Filled, Who, fill_blackboard, fill_canvas, fill_moodle
from autograder.export.gradescope import gradescope_results
from autograder.gradebook import Gradebook
from autograder.interop.formgrader import DATABASE, write_nbgrader_gradebook
from autograder.model import Assignment, FeedbackLevel
from autograder.report.html import page_name, student_page
from autograder.standing import Standing, standings

_FILLS: dict[str, Callable[..., Filled]] = {
    "canvas": fill_canvas,
    "moodle": fill_moodle,
    "blackboard": fill_blackboard,
}
_DEFAULT_NAMES = {"csv": "grades.csv", "json": "grades.json", "junit": "junit.xml", "feedback-zip": "feedback.zip"}
FORMATS = (
    "canvas",
    "moodle",
    "blackboard",
    "gradescope",
    "classroom50",
    "nbgrader",
    "junit",
    "csv",
    "json",
    "feedback-zip",
)


class Exported(msgspec.Struct):
    """What was written, and what a person should know of it."""

    path: Path
    written: int
    remarks: list[str] = []


def export_grades(
    book: Gradebook,
    course: Course,
    assignment: Assignment,
    form: str,
    *,
    out: Path | None = None,
    fill: Path | None = None,
    column: str | None = None,
    scale: bool = False,
    level: FeedbackLevel | None = None,
) -> Exported:
    """Write everybody's grades in a format of others.

    Args:
        book: the gradebook.
        course: the course's files.
        assignment: the lab.
        form: one of `FORMATS`.
        out: the file or folder to write; named after the format if None. For nbgrader the course directory, or here.
        fill: the file that the platform let the instructor download: a grade file, or the zip of submissions.
        column: the title of the column to fill, where that cannot be told.
        scale: whether points are scaled to the platform's maximum.
        level: how much of hidden tests students see; what the assignment says for now if None.

    Raises:
        AutograderError: the file to fill is missing or something else, or nothing can be written.
    """
    now = datetime.now(UTC)
    level = level or assignment.feedback_level(now)
    found = [entry for entry in standings(book, course, assignment) if entry.recorded is None or entry.recorded.named]
    identities = book.names_by_identity()
    if form in _FILLS:
        if fill is None:
            raise AutograderError(f"--to {form} fills in the grade file that you downloaded; name it with --fill")
        who = Who(found, identities)
        filled = _FILLS[form](fill, assignment, who, column=column, scale=scale)
        target = out or fill.with_name(f"{fill.stem}-graded{fill.suffix}")
        return Exported(_write(target, filled.content), filled.written, _remarks(filled))
    if form == "nbgrader":
        written = write_nbgrader_gradebook(out or Path(), assignment, [entry.grade for entry in found])
        return Exported((out or Path()) / DATABASE, written)
    if form in ("gradescope", "classroom50"):
        return _one_file_each(found, form, out or Path(form), level, now)
    target = out or Path(f"{assignment.id}-{_DEFAULT_NAMES[form]}")
    if form == "feedback-zip":
        return _feedback(found, assignment, identities, fill, target, level, now)
    content = {
        "csv": lambda: as_csv(assignment, found),
        "json": lambda: as_json(assignment, found),
        "junit": lambda: as_junit(assignment, found, level),
    }[form]()
    return Exported(_write(target, content), len(found))


def _one_file_each(found: Sequence[Standing], form: str, folder: Path, level: FeedbackLevel, now: datetime) -> Exported:
    """`results.json` or `result.json` in a folder for each student."""
    for entry in found:
        if form == "gradescope":
            seconds = entry.recorded.seconds if entry.recorded is not None else None
            content, name = gradescope_results(entry.grade, level, seconds=seconds), "results.json"
        else:
            content, name = classroom50_result(entry.grade, Run(), now=now), "result.json"
        text = json.dumps(content, indent=1, allow_nan=False) + "\n"
        _write(folder / page_name(entry.grade.student).removesuffix(".html") / name, text.encode())
    return Exported(folder, len(found))


def _feedback(
    found: Sequence[Standing],
    assignment: Assignment,
    identities: Mapping[tuple[str, str], str],
    fill: Path | None,
    target: Path,
    level: FeedbackLevel,
    now: datetime,
) -> Exported:
    def page(entry: Standing) -> str:
        return student_page(assignment, entry.grade, level, generated_at=now, isolation="")

    pages = feedback_zip(found, page, identities, fill)
    remarks = [_named("the platform's download does not name", pages.unknown)] if pages.unknown else []
    return Exported(_write(target, pages.content), pages.written, remarks)


def _remarks(filled: Filled) -> list[str]:
    said = [
        ("not final, left out", filled.not_final),
        ("graded, but not in the file", filled.not_listed),
        ("more points than the platform takes, written as its maximum", filled.clipped),
    ]
    remarks = [_named(what, students) for what, students in said if students]
    remarks += filled.skipped
    if filled.ungraded:
        remarks.append(f"{filled.ungraded} in the file without a grade, left out")
    return remarks


def _named(what: str, students: Sequence[str]) -> str:
    shown = ", ".join(students[:8]) + (f" and {len(students) - 8} more" if len(students) > 8 else "")
    return f"{len(students)} {what}: {shown}"


def _write(path: Path, content: bytes) -> Path:
    """Replace a file in one step.

    Raises:
        AutograderError: it cannot be written.
    """
    temporary = path.with_name(f".writing-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as problem:
        raise AutograderError(f"{path}: cannot be written: {problem.strerror}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return path

"""Grades of this engine in nbgrader's gradebook, where its formgrader shows them."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from autograder.errors import GradebookError, HostError
from autograder.interop.notebooks import CHECK
from autograder.model import Assignment, Grade
from autograder.release.notebook import slug

DATABASE = "gradebook.db"


def write_nbgrader_gradebook(course: Path, assignment: Assignment, grades: Iterable[Grade]) -> int:
    """Write grades into `gradebook.db` of an nbgrader course directory; how many were written.

    The cells are those of `autograder release --to nbgrader`. Points that are not known yet wait for a person there:
    formgrader lists the cell under "needs manual grade". Marks that staff gave in formgrader stay.
    What lateness took away is the notebook's penalty there. Who is excused is left out.

    Args:
        course: nbgrader's course directory.
        assignment: which.
        grades: the students'; their names are the students' ids there.

    Raises:
        HostError: nbgrader is not installed.
        GradebookError: the folder is not there.
    """
    if find_spec("nbgrader") is None:
        raise HostError('nbgrader is not installed here: pip install "autograder[nbgrader]"')
    if not course.is_dir():
        raise GradebookError(f"{course}: no such folder; name the course directory, where nbgrader_config.py is")
    from nbgrader.api import Gradebook

    lab, written = assignment.id, 0
    with _quietly(), Gradebook(f"sqlite:///{course.resolve() / DATABASE}") as book:
        book.update_or_create_assignment(lab)
        book.update_or_create_notebook(lab, lab)
        for question in assignment.questions:
            name = CHECK + slug(question)
            book.update_or_create_grade_cell(name, lab, lab, max_score=question.points, cell_type="code")
        for grade in grades:
            if grade.excused:
                continue
            book.update_or_create_student(grade.student)
            book.update_or_create_submission(lab, grade.student)
            notebook = book.find_submission_notebook(lab, lab, grade.student)
            notebook.late_submission_penalty = sum(entry.points for entry in grade.questions) - grade.points
            for entry in grade.questions:
                cell = book.find_grade(CHECK + slug(entry.question), lab, lab, grade.student)
                cell.auto_score = entry.points
                cell.needs_manual_grade = entry.open_points > 0
            written += 1
        book.db.commit()
    return written


@contextmanager
def _quietly() -> Iterator[None]:
    """A new database is set up by `alembic`, called by its name; SQLAlchemy warns of what nbgrader itself does."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{before}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.environ["PATH"] = before

"""Which paths are whose submission. Folders are listed, nothing is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

import msgspec

from autograder.archive.names import (
    ARCHIVES,
    NOTEBOOK,
    UNREADABLE,
    ending,
    is_clutter,
    lab_name,
    plain_word,
    student_name,
)
from autograder.errors import SubmissionError
from autograder.model import Assignment

_LAB_FOLDERS = ("assignment", "code", "homework", "lab", "solution", "src", "submission", "work")


class Person(msgspec.Struct, frozen=True):
    """A student as a platform or a roster calls them."""

    student: str
    identities: tuple[tuple[str, str], ...] = ()


class Entry(msgspec.Struct, frozen=True):
    """Where one submission lies, and whose it is; `read_submission` reads it."""

    student: str
    path: Path  # a folder, an archive or a notebook
    loose: tuple[Path, ...] = ()  # .py files in the folder `path`, if these alone are the submission
    in_class: bool = False  # found in a class folder, not named by the person who grades
    parts: tuple[tuple[str, str], ...] = ()  # of a platform's download `path`: where each file lies, and its own name
    source: str = ""  # "canvas", "moodle", ...; empty where no platform stands between
    identities: tuple[tuple[str, str], ...] = ()  # how platforms call the student: (scheme, value)
    submitted_at: datetime | None = None  # time-zone aware
    attempt: str = ""  # sorts several hand-ins of one student
    group: tuple[Person, ...] = ()  # others who get the same grade
    notes: tuple[str, ...] = ()  # for the student


def find_submissions(paths: Sequence[Path], assignment: Assignment) -> list[Entry]:
    """Find every submission in `paths`, sorted by student, without reading any.

    A path is an archive, a notebook, a .py file (those of one folder are one submission, named after it), or a
    folder. A folder is *one submission*, named after it, if

    - it directly holds one of the assignment's files, or
    - it holds one notebook, and no archive or sub-folder with the lab's files, or
    - it holds .py files, and nothing with the lab's files anywhere, or
    - it holds just one sub-folder or archive of interest, and that is named like the lab (`lab1`), like the folder
      itself, or like no student (`src`, `submission`); or several paths were given, so that each stands for a student.

    Any other folder is a *class*: each sub-folder, archive and notebook in it is one student's, even if it is the only
    one. A student's name is the name of that folder, or the file's without its ending.

    Raises:
        SubmissionError: a path is no submission or cannot be listed, none is found, or two have the same student.
    """
    found: dict[str, Entry] = {}
    for entry in _entries(paths, assignment):
        before = found.setdefault(entry.student.casefold(), entry)
        if before.path != entry.path:
            raise SubmissionError(
                f"{before.path} and {entry.path} are both of the student {entry.student!r}; keep one, or rename it"
            )
    if not found:
        raise SubmissionError(
            f"{', '.join(map(str, paths))}: no submission found; looked for folders, "
            f"{', '.join((*ARCHIVES, NOTEBOOK))}, {', '.join(assignment.files)}"
        )
    return [entry for _, entry in sorted(found.items())]


def _entries(paths: Sequence[Path], assignment: Assignment) -> Iterator[Entry]:
    loose: dict[Path, tuple[Path, ...]] = {}
    for path in dict.fromkeys(map(_absolute, paths)):
        if path.is_dir():
            try:
                one = _is_submission(path, assignment, alone=len(paths) == 1)
                for place in [path] if one else _students(path):
                    yield Entry(student_name(place), place, in_class=not one)
            except OSError as problem:
                raise SubmissionError(f"{problem.filename}: cannot be read: {problem.strerror}") from None
        elif not path.exists():
            raise SubmissionError(f"{path}: there is nothing by this name")
        elif path.suffix == ".py":
            loose[path.parent] = (*loose.get(path.parent, ()), path)
        elif ending(path.name, (*ARCHIVES, *UNREADABLE, NOTEBOOK)):
            yield Entry(student_name(path), path)
        else:
            raise SubmissionError(f"{path}: not a folder, {', '.join((*ARCHIVES, NOTEBOOK))} or .py file")
    for folder, files in loose.items():
        yield Entry(student_name(folder), folder, files)


def _absolute(path: Path) -> Path:
    """An absolute path under the name that was typed, even if that is a link."""
    return path.resolve() if path.name in ("", "..") else path.parent.resolve() / path.name


def _is_submission(folder: Path, assignment: Assignment, *, alone: bool) -> bool:
    """Whether a folder is one student's; see `find_submissions` for the rule."""
    if any((folder / file).is_file() for file in assignment.files):
        return True
    children = _children(folder)
    folders = [child for child in children if child.is_dir()]
    likely = [child for child in folders if _holds_work(child, assignment)]
    likely += [child for child in children if child.is_file() and ending(child.name, (*ARCHIVES, NOTEBOOK))]
    if not likely:
        return any(child.suffix == ".py" for child in children)
    if len(likely) > 1:
        return False
    only = likely[0]
    if ending(only.name, (NOTEBOOK,)):
        return True
    name = plain_word(student_name(only))
    no_student = (plain_word(assignment.id), lab_name(assignment), plain_word(folder.name), *_LAB_FOLDERS)
    return not alone or name in no_student


def _students(folder: Path) -> list[Path]:
    """What stands for a student in a class folder."""
    endings = (*ARCHIVES, *UNREADABLE, NOTEBOOK)
    return [child for child in _children(folder) if child.is_dir() or child.is_symlink() or ending(child.name, endings)]


def _children(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if not is_clutter(child.name))


def _holds_work(folder: Path, assignment: Assignment) -> bool:
    """Whether one of the assignment's files, a notebook or an archive stands in a folder or deeper."""
    names = {PurePosixPath(file).name for file in assignment.files}
    for _, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not is_clutter(name)]
        if any(name in names or ending(name, (*ARCHIVES, NOTEBOOK)) for name in files):
            return True
    return False

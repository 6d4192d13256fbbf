"""What lies where in a student's folder, and how it is read: just as grading reads what is handed in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from autograder.archive import read_files
from autograder.archive.names import is_clutter
from autograder.course import ASSIGNMENT_FILE, ORIGINAL, is_released, load_released
from autograder.errors import SubmissionError, WorkspaceError
from autograder.model import Assignment, Submission
from autograder.notebook import read_notebook

_GIVEN = ("tests", "data")  # folders that are not the student's
_GIVEN_FILES = ("probes.py",)
_INSTALLED = ("pyvenv.cfg", "conda-meta")  # in a folder of Python packages, which are nobody's work
_SEARCHED = 200  # folders below the current one that are looked at


class Workspace(msgspec.Struct, frozen=True):
    """One lab in a student's folder."""

    folder: Path
    assignment: Assignment

    @property
    def state(self) -> Path:
        """The engine's own files in it; hidden, so that grading takes them for nobody's work."""
        return (self.folder / ORIGINAL).parent

    @property
    def original(self) -> Path:
        """What the student received: the stubs, the notebook, the public tests."""
        return self.assignment.template

    def own_files(self) -> list[str]:
        """Relative paths of the student's Python files and of a notebook with code that the one received has not."""
        return sorted(
            path.relative_to(self.folder).as_posix()
            for path in self.sources()
            if path.suffix == ".py" or self._is_edited_notebook(path)
        )

    def sources(self) -> Iterator[Path]:
        """Python files, and notebooks of the top folder; nothing that was given, is hidden or was installed."""
        for place, folders, files in os.walk(self.folder):
            here = Path(place)
            top = here == self.folder
            folders[:] = [
                name
                for name in folders
                if not (is_clutter(name) or (top and name in _GIVEN))
                and not any((here / name / sign).exists() for sign in _INSTALLED)
            ]
            for path in (here / name for name in files if not (is_clutter(name) or (top and name in _GIVEN_FILES))):
                if (path.suffix == ".py" or (top and path.suffix == ".ipynb")) and path.is_file():
                    yield path

    def contents(self) -> dict[str, bytes]:
        """What `own_files` hold, by their paths.

        Raises:
            WorkspaceError: one cannot be read.
        """
        found = {}
        for name in self.own_files():
            try:
                found[name] = (self.folder / name).read_bytes()
            except FileNotFoundError:  # an editor is just replacing it
                continue
            except OSError as problem:
                raise WorkspaceError(f"{name}: cannot be read: {problem.strerror}") from None
        return found

    def read(self) -> Submission:
        """The student's work, as grading would read it.

        Raises:
            WorkspaceError: a file cannot be read.
        """
        return read_files("you", self.contents(), self.assignment)

    def is_read_as_it_lies(self) -> bool:
        """Whether what is read are just the files of this folder: none is left out, and no notebook writes one."""
        return set(self.read().files) == {name for name in self.own_files() if name.endswith(".py")}

    def is_untouched(self, file: str) -> bool:
        """Whether a file is as the student received it."""
        here, there = self.folder / file, self.original / file
        return here.is_file() and there.is_file() and here.read_bytes().split() == there.read_bytes().split()

    def given(self) -> list[str]:
        """Public tests and probes, as the student received them."""
        names = [path.relative_to(self.original).as_posix() for path in self.original.glob("tests/**/*.py")]
        return sorted(names + [name for name in _GIVEN_FILES if (self.original / name).is_file()])

    def notebook(self) -> str:
        """The name of the lab's notebook if the student has worked in it, or of another; empty without one."""
        return next((name for name in self.own_files() if name.endswith(".ipynb")), "")

    def _is_edited_notebook(self, path: Path) -> bool:
        original = self.original / f"{self.assignment.id}.ipynb"
        try:
            received = read_notebook(original.read_bytes()).cells if original.is_file() else ()
            known = [cell.source.split() for cell in received]
            return any(cell.source.split() not in known for cell in read_notebook(path.read_bytes()).cells)
        except (SubmissionError, OSError):
            return True  # it cannot be read: that must be told, not hidden


def find_workspace(start: Path) -> Workspace:
    """The lab that `start` lies in, or the only one in a folder below it.

    Raises:
        WorkspaceError: there is none, or more than one to choose from.
        CourseError: its assignment.yaml cannot be read.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if is_released(folder):
            return open_workspace(folder)
    below = [path.parent for path in sorted(start.glob(f"*/{ASSIGNMENT_FILE}"))[:_SEARCHED] if is_released(path.parent)]
    if len(below) == 1:
        return open_workspace(below[0])
    if below:
        names = ", ".join(folder.name for folder in below)
        raise WorkspaceError(f"there are several labs here ({names}); go into one of them with cd")
    raise WorkspaceError(
        f"{start}: no lab here. Go into the lab's folder with cd; "
        "if you have not got one yet, make it from the file that you received: autograder start FILE.zip"
    )


def open_workspace(folder: Path) -> Workspace:
    """The lab in exactly this folder.

    Raises:
        CourseError: its assignment.yaml cannot be read.
    """
    return Workspace(folder, load_released(folder))

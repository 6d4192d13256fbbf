"""What lies where in a student's folder, and how it is read: just as grading reads what is handed in."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from autograder.archive import read_files
from autograder.archive.names import is_clutter
from autograder.course import ASSIGNMENT_FILE, ORIGINAL, is_released, load_released
from autograder.errors import SubmissionError, WorkspaceError
from autograder.headings import sections
from autograder.model import Assignment, Question, Submission
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
        """Relative paths of the student's Python files and of a notebook that differs from the one received."""
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

    def is_read_whole(self) -> bool:
        """Whether all Python files count: none is a stub that gives way to the notebook."""
        return set(self.read().files).issuperset(name for name in self.own_files() if name.endswith(".py"))

    def is_untouched(self, file: str) -> bool:
        """Whether a file is as the student received it."""
        here, there = self.folder / file, self.original / file
        return here.is_file() and there.is_file() and here.read_bytes().split() == there.read_bytes().split()

    def changed_tests(self) -> list[str]:
        """Public tests and probes that are not what the student received: grading uses its own."""
        names = [path.relative_to(self.original).as_posix() for path in self.original.glob("tests/**/*.py")]
        names += [name for name in _GIVEN_FILES if (self.original / name).is_file()]
        return sorted(name for name in names if not self.is_untouched(name))

    def _is_edited_notebook(self, path: Path) -> bool:
        original = self.original / path.name
        try:
            return not original.is_file() or (
                read_notebook(path.read_bytes()).cells != read_notebook(original.read_bytes()).cells
            )
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


def pick_questions(workspace: Workspace, names: Sequence[str]) -> tuple[Question, ...]:
    """The questions that short names mean, in the assignment's order; all if there are no names.

    A name is an id (`1.6`), a file (`losses.py`, `losses`, `lab1/losses.py`), or a part of the title or of a function's
    name in the question's stub (`softmax`).

    Raises:
        WorkspaceError: a name means no question.
    """
    every = workspace.assignment.questions
    if not names:
        return every
    picked = [question for name in names for question in _meant(workspace, name)]
    return tuple(question for question in every if question in picked)


def _meant(workspace: Workspace, name: str) -> list[Question]:
    assignment = workspace.assignment
    word = name.casefold().removesuffix(".py")
    exact = [question for question in assignment.questions if word == question.id.casefold()]
    if exact:
        return exact
    path = "/" + word.replace("\\", "/")
    files = {question.id: "/" + question.file.removesuffix(".py").casefold() for question in assignment.questions}
    by_file = [
        question
        for question in assignment.questions
        if path.endswith(files[question.id]) or files[question.id].endswith(path)
    ]
    texts = {question.id: (question.title, *_functions(workspace, question)) for question in assignment.questions}
    found = by_file or [
        question for question in assignment.questions if any(word in text.casefold() for text in texts[question.id])
    ]
    if found and word:
        return found
    known = {question.id: question.id for question in assignment.questions}
    known |= {text.casefold(): text for of_one in texts.values() for text in of_one}
    known |= {part: part for text in list(known) for part in re.findall(r"[^\W_]{4,}", text)}
    known |= {question.file.removesuffix(".py").casefold(): question.file for question in assignment.questions}
    close = difflib.get_close_matches(word, known, 1, 0.5)
    meant = f' Did you mean "{known[close[0]]}"?' if close else ""
    ids = ", ".join(question.id for question in assignment.questions)
    raise WorkspaceError(f'no question "{name}" in {assignment.id}.{meant} It has {ids}')


def _functions(workspace: Workspace, question: Question) -> list[str]:
    """The names that a question's stub defines."""
    stub = workspace.original / question.file
    parts = sections(stub.read_text(encoding="utf-8")) if stub.is_file() else []
    text = "".join(part.text for part in parts if part.question_id == question.id)
    return re.findall(r"^(?:def|class) (\w+)", text, re.MULTILINE)

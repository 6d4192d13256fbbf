"""Where the `student` of a test comes from: a forked worker for each question, a plain process, or this one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Protocol

from autograder import scratch
from autograder.model import Assignment, Limits, Question, Submission
from autograder.notebook import cells_for, uses_cells
from autograder.remote.inline import InlineLink
from autograder.remote.link import Link, PlainLink, ProcessLink
from autograder.remote.student import Student
from autograder.scratch import remove
from autograder.worker.launch import Forked, WarmParent
from autograder.worker.messages import Gpu, Grade
from autograder.worker.spawn import PlainParent


class Workers(Protocol):
    """Makes students."""

    def start(self, submission: Submission, limits: Limits) -> Student:
        """A student in fresh surroundings; nothing of the submission has run yet."""

    def open(self, student: Student, submission: Submission, question: Question, seed: int) -> None:
        """Import the question's file; raises what `Student.open` raises."""

    def end(self, student: Student) -> None:
        """End what `start` started."""

    def close(self) -> None:
        """End everything."""


class _Workers:
    """What both kinds share: a folder for each student, with the submission's files in it."""

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._root = scratch.make("work")
        self._folders: dict[int, Path] = {}
        self._count = 0

    def start(self, submission: Submission, limits: Limits) -> Student:
        folder = self._folder(submission)
        student = Student(self._link(folder, limits), limits)
        self._folders[id(student)] = folder
        return student

    def open(self, student: Student, submission: Submission, question: Question, seed: int) -> None:
        folder = self._folders[id(student)]
        probes = folder / "probes.py"
        from_cells = uses_cells(submission, question, self._assignment)
        given_way = from_cells and question.file in submission.files  # it lies in the folder, but must not be imported
        student.open(
            folder,
            "" if given_way else question.file,
            cells=cells_for(submission.cells, question, self._assignment.questions) if from_cells else (),
            forbidden=self._assignment.forbidden_imports,
            without=question.forbidden_operations,
            probes=probes if probes.is_file() else None,
            seed=seed,
        )

    def end(self, student: Student) -> None:
        """End what `start` started."""
        student.link.close()
        remove(self._folders.pop(id(student)))

    def close(self) -> None:
        remove(self._root)

    def _folder(self, submission: Submission) -> Path:
        """A folder with the submission in it."""
        self._count += 1
        folder = self._root / f"w{self._count}"
        lay_out(folder, submission, self._assignment)
        return folder

    def _link(self, folder: Path, limits: Limits) -> Link:
        raise NotImplementedError


class ProcessWorkers(_Workers):
    """A worker process for each student, forked from one warm parent.

    Args:
        assignment: whose.
        sandbox: the grade of isolation.
        pinned: whether workers are for speed checks: they stay on the cores that they are given.
        gpu: where tensors among the arguments of calls are put; they stay on the CPU if None.
        forked: a warm parent with the assignment's modules that is there already.
    """

    def __init__(
        self,
        assignment: Assignment,
        sandbox: str = "limits",
        *,
        pinned: bool = False,
        gpu: Gpu | None = None,
        forked: Forked | None = None,
    ) -> None:
        super().__init__(assignment)
        self._parent = WarmParent(assignment.preload, sandbox, gpu, pinned=pinned, forked=forked)
        self._parent.begin()
        self._changes_nothing = sandbox != Grade.LIMITS  # it has a copy, or may only read
        self._laid_out: tuple[Submission, Path] | None = None

    def end(self, student: Student) -> None:
        """End what `start` started."""
        if self._changes_nothing:
            student.link.close()
            self._folders.pop(id(student))
        else:
            super().end(student)

    def _folder(self, submission: Submission) -> Path:
        """A folder with the submission in it; the one before, if it is the same submission and nobody can change it."""
        if not self._changes_nothing:
            return super()._folder(submission)
        if self._laid_out is None or self._laid_out[0] is not submission:
            if self._laid_out is not None:
                remove(self._laid_out[1])
            self._laid_out = (submission, super()._folder(submission))
        return self._laid_out[1]

    def close(self) -> None:
        """End the warm parent and every worker, and remove their folders."""
        self._parent.close()
        super().close()

    def _link(self, folder: Path, limits: Limits) -> Link:
        return ProcessLink(self._parent.start(folder, limits), limits)


class PlainWorkers(_Workers):
    """A new Python process for each student, where processes cannot be forked; for self-checks, not for grading."""

    def __init__(self, assignment: Assignment) -> None:
        super().__init__(assignment)
        self._parent = PlainParent(assignment.preload)

    def close(self) -> None:
        """End every process, and remove their folders."""
        self._parent.close()
        super().close()

    def _link(self, folder: Path, limits: Limits) -> Link:
        return PlainLink(self._parent.start(folder), limits)


class InlineWorkers(_Workers):
    """Students in this process: for breakpoints, without isolation.

    Args:
        assignment: whose.
        in_place: the folder that holds the student's files, so that an editor's breakpoints in them are met; a copy
            of the submission if None.
    """

    def __init__(self, assignment: Assignment, in_place: Path | None = None) -> None:
        super().__init__(assignment)
        self._in_place = in_place

    def _folder(self, submission: Submission) -> Path:
        return self._in_place or super()._folder(submission)

    def end(self, student: Student) -> None:
        """End what `start` started."""
        if self._in_place is None:
            super().end(student)
        else:
            student.link.close()

    def _link(self, folder: Path, limits: Limits) -> Link:  # noqa: ARG002 - there is no process to give them to
        return InlineLink()


def can_fork() -> bool:
    """Whether this system has what `ProcessWorkers` needs: Linux 5.3 or later."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and Path("/proc/self/task").is_dir()


def lay_out(folder: Path, submission: Submission, assignment: Assignment) -> None:
    """Write the submission's files, with the lab's data and probes beside them, as in the student's own folder."""
    folder.mkdir()
    for path, content in submission.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    for name in ("data", "probes.py"):  # the lab's own, whatever was handed in under these names
        source, target = assignment.folder / name, folder / name
        if source.exists():
            remove(target)
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.is_file():
            shutil.copyfile(source, target)

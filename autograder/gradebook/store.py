"""Recording grades and reading them back."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.errors import GradebookError
from autograder.gradebook import roster
from autograder.gradebook.attempts import (
    HandIn,
    Origin,
    in_utc,
    insert_attempt,
    is_latest,
    next_ordinal,
    now,
    read_attempts,
    read_hand_ins,
)
from autograder.gradebook.chain import Chain, add_link, check
from autograder.gradebook.connection import connect, one_line, transaction
from autograder.gradebook.kept import pack, unpack
from autograder.gradebook.rows import (
    RecordedGrade,
    cut,
    is_settled,
    mark_columns,
    mark_from,
    name_from_column,
    name_to_column,
    to_json,
)
from autograder.model import Assignment, Grade, Submission
from autograder.rules import Mark


class Gradebook:
    """Every grade that was ever given. Many processes may have the same file open and write to it.

    `record` adds attempts; a student's latest attempt is the current grade. Use it as a context manager, or call
    `close`.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path) -> Gradebook:
        """The gradebook at `path`, made if it is not there.

        Raises:
            GradebookError: it cannot be opened or written, is something else, or was written by a newer version.
        """
        return cls(connect(path), path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---- grades

    def record(
        self,
        assignment_id: str,
        grade: Grade,
        *,
        submission_digest: str,
        suite_digest: str,
        profile: str,
        seed: int,
        versions: Mapping[str, str],
        isolation: Mapping[str, Any],
        seconds: float,
        again: bool = False,
        origin: Origin | None = None,
    ) -> bool:
        """Add an attempt with its questions and cases, all or nothing.

        Nothing is added if the student's latest grade has these digests and this profile and waits for nobody.
        Otherwise an attempt with the same digests takes the next ordinal: after a grader error, after a return to
        an earlier submission or suite, or with `again`.

        Args:
            assignment_id: the assignment's id.
            grade: what the tests gave, without marks and deductions; `grade.student` goes to the roster and nowhere
                else.
            submission_digest: `Submission.digest`.
            suite_digest: names the suite.
            profile: the hardware that the suite ran on, e.g. "cpu".
            seed: base of the hidden cases' random numbers.
            versions: of what ran, by name.
            isolation: how student code was walled in.
            seconds: wall clock of the whole submission.
            again: add an attempt in any case.
            origin: when and how it was handed in, and which parts of the suite judged it.

        Returns: whether it was added.

        Raises:
            GradebookError: the file cannot be written.
        """
        origin = origin or Origin()
        key = {
            "assignment": assignment_id,
            "submission_digest": submission_digest,
            "suite_digest": suite_digest,
            "profile": profile,
        }
        packed = None if origin.submission is None else pack(origin.submission)
        with one_line(self._path), transaction(self._connection):
            key["student_id"] = roster.student_id(self._connection, grade.student)
            roster.add_identities(self._connection, key["student_id"], origin.identities)
            if not again and is_latest(self._connection, key):
                return False
            attempt = {
                **key,
                "ordinal": next_ordinal(self._connection, key),
                "graded_at": now(),
                "points": grade.points,
                "open_points": grade.open_points,
                "max_points": grade.max_points,
                "settled": is_settled(grade),
                "seed": str(seed),
                "versions": to_json(dict(versions)),
                "isolation": to_json(dict(isolation)),
                "notes": to_json([cut(note) for note in grade.notes]),
                "seconds": seconds,
                "submitted_at": None if origin.submitted_at is None else in_utc(origin.submitted_at),
                "source": origin.source or None,
            }
            insert_attempt(self._connection, attempt, grade.questions, origin)
            if packed is not None:
                self._connection.execute("INSERT OR IGNORE INTO submission VALUES (?, ?)", (submission_digest, packed))
        return True

    def graded(
        self, assignment_id: str, suite_digest: str, profile: str, *, every: bool = False
    ) -> set[tuple[str, str]]:
        """What need not be graded again: (student name, submission digest) of latest grades that wait for nobody.

        A submission that was graded once, but is no longer the student's latest one, is not in it: handed in once
        more, it becomes the latest one again. With `every`, it is: where all attempts count, their order does not.
        """
        view = "candidate_grade" if every else "latest_grade"
        with one_line(self._path):
            rows = self._connection.execute(
                f"SELECT name, submission_digest FROM {view} JOIN roster USING (student_id)"  # noqa: S608
                " WHERE assignment = ? AND suite_digest = ? AND profile = ? AND settled",
                (assignment_id, suite_digest, profile),
            ).fetchall()
        return {(name_from_column(name), digest) for name, digest in rows}

    def current(self, assignment: Assignment) -> list[RecordedGrade]:
        """Everybody's current grade, by name; who was erased from the roster comes under a random id.

        That is the latest attempt, or the latest of the submission that staff chose, as the tests gave it; the marks
        come beside it. Titles and points are those of the time of grading.
        """
        return self._attempts("current_grade", assignment)

    def candidates(self, assignment: Assignment) -> list[RecordedGrade]:
        """Each submission's latest grade: what an attempt policy has to choose from."""
        return self._attempts("candidate_grade", assignment)

    def candidate(self, assignment: Assignment, student: str, digest: str) -> RecordedGrade | None:
        """The latest grade of one submission of a student's."""
        with one_line(self._path):
            found = roster.find_student(self._connection, student)
            if found is None:
                return None
            recorded = read_attempts(self._connection, "candidate_grade", assignment, found, digest)
        return recorded[0] if recorded else None

    def latest(self, assignment_id: str, student: str) -> int:
        """The id of a student's latest attempt; 0 if there is none."""
        with one_line(self._path):
            found = self._connection.execute(
                "SELECT coalesce(max(id), 0) FROM attempt JOIN roster USING (student_id)"
                " WHERE assignment = ? AND name = ?",
                (assignment_id, name_to_column(student)),
            ).fetchone()
        return int(found[0])

    def hand_ins(self, assignment_id: str) -> list[HandIn]:
        """All submissions that were ever graded, oldest first, without their cases."""
        with one_line(self._path):
            return read_hand_ins(self._connection, assignment_id)

    def history(self, assignment: Assignment, student: str) -> list[RecordedGrade]:
        """All attempts of one student, oldest first; none of a student who is not in the roster."""
        with one_line(self._path):
            found = roster.find_student(self._connection, student)
        return [] if found is None else self._attempts("attempt", assignment, found)

    def submission(self, digest: str, student: str) -> Submission | None:
        """What was handed in, if it was kept."""
        with one_line(self._path):
            row = self._connection.execute("SELECT content FROM submission WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else unpack(row[0], student)

    # ---- marks

    def add_mark(self, assignment_id: str, student: str, mark: Mark) -> None:
        """Write down a decision of staff's; the student need not have handed in anything.

        Raises:
            GradebookError: the file cannot be written.
        """
        with one_line(self._path), transaction(self._connection):
            key = (assignment_id, roster.student_id(self._connection, student))
            added = self._connection.execute(
                "INSERT INTO mark (assignment, student_id, kind, question_id, value, who, why, made_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*key, *mark_columns(mark), now()),
            )
            add_link(self._connection, "mark", int(added.lastrowid or 0))

    def marks(
        self, assignment_id: str, student: str | None = None, *, all_of_them: bool = False
    ) -> dict[str, list[Mark]]:
        """Marks by student's name, oldest first: those that hold now, or all that were ever made."""
        view = "mark" if all_of_them else "current_mark"
        with one_line(self._path):
            rows = self._connection.execute(
                f"SELECT {view}.*, name FROM {view} JOIN roster USING (student_id) WHERE assignment = ? ORDER BY id",  # noqa: S608
                (assignment_id,),
            ).fetchall()
        marks: dict[str, list[Mark]] = {}
        for row in rows:
            name = name_from_column(row["name"])
            if student in (None, name):
                marks.setdefault(name, []).append(mark_from(row))
        return marks

    # ---- who is who

    def students(self) -> list[str]:
        """All names in the roster, sorted."""
        with one_line(self._path):
            rows = self._connection.execute("SELECT name FROM roster").fetchall()
        return sorted((name_from_column(row[0]) for row in rows), key=lambda name: (name.casefold(), name))

    def add_identities(self, student: str, identities: Iterable[tuple[str, str]]) -> None:
        """Note how platforms call a student: (scheme, value), e.g. ("canvas", "4711")."""
        self.add_all_identities([(student, identities)])

    def add_all_identities(self, students: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> None:
        """The same for a whole roster, all or nothing."""
        with one_line(self._path), transaction(self._connection):
            for student, identities in students:
                found = roster.student_id(self._connection, student)
                roster.add_identities(self._connection, found, identities)

    def names_by_identity(self) -> dict[tuple[str, str], str]:
        """Students' names by (scheme, value)."""
        with one_line(self._path):
            return roster.names_by_identity(self._connection)

    def erase(self, student: str) -> bool:
        """Take a name out of the file, with what platforms call the student and what they handed in.

        The grades stay, under a random id. Returns whether the name was there.

        Raises:
            GradebookError: the file cannot be written.
        """
        with one_line(self._path):
            with transaction(self._connection):
                gone = roster.erase(self._connection, student)
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log holds the name, too
        return gone

    # ---- the file

    def check(self) -> Chain:
        """Compute the hash chain again."""
        with one_line(self._path), transaction(self._connection, write=False):
            return check(self._connection)

    def backup(self, target: Path) -> None:
        """Copy the gradebook while others may write to it; `target` is replaced in one step.

        Raises:
            GradebookError: it cannot be written.
        """
        temporary = target.with_name(f".writing-{target.name}")
        try:
            temporary.unlink(missing_ok=True)
            with one_line(target), contextlib.closing(sqlite3.connect(temporary)) as copy:
                self._connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            temporary.replace(target)
        except OSError as problem:
            raise GradebookError(f"{target}: the backup cannot be written: {problem.strerror}") from None
        finally:
            temporary.unlink(missing_ok=True)

    def _attempts(self, view: str, assignment: Assignment, student_id: str | None = None) -> list[RecordedGrade]:
        with one_line(self._path), transaction(self._connection, write=False):
            recorded = read_attempts(self._connection, view, assignment, student_id)
        return sorted(recorded, key=lambda entry: (entry.grade.student.casefold(), entry.grade.student))

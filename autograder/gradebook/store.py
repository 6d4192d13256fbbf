"""Recording grades and reading them back."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.gradebook.connection import connect, one_line, transaction
from autograder.gradebook.rows import (
    RecordedGrade,
    case_row,
    cut,
    is_settled,
    name_from_column,
    name_to_column,
    question_row,
    recorded_grade,
    to_json,
)
from autograder.model import Assignment, Grade, QuestionGrade


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
    ) -> bool:
        """Add an attempt with its questions and cases, all or nothing.

        Nothing is added if the student's current grade has these digests and this profile and waits for nobody.
        Otherwise an attempt with the same digests takes the next ordinal: after a grader error, after a return to
        an earlier submission or suite, or with `again`.

        Args:
            assignment_id: the assignment's id.
            grade: what to record; `grade.student` goes to the roster and nowhere else.
            submission_digest: `Submission.digest`.
            suite_digest: names the suite.
            profile: the hardware that the suite ran on, e.g. "cpu".
            seed: base of the hidden cases' random numbers.
            versions: of what ran, by name.
            isolation: how student code was walled in.
            seconds: wall clock of the whole submission.
            again: add an attempt in any case.

        Returns: whether it was added.

        Raises:
            GradebookError: the file cannot be written.
        """
        key = {
            "assignment": assignment_id,
            "submission_digest": submission_digest,
            "suite_digest": suite_digest,
            "profile": profile,
        }
        with one_line(self._path), transaction(self._connection):
            key["student_id"] = self._student_id(grade.student)
            if not again and self._is_current(key):
                return False
            attempt = {
                **key,
                "ordinal": self._next_ordinal(key),
                "graded_at": _now(),
                "points": grade.points,
                "open_points": grade.open_points,
                "max_points": grade.max_points,
                "settled": is_settled(grade),
                "seed": str(seed),
                "versions": to_json(dict(versions)),
                "isolation": to_json(dict(isolation)),
                "notes": to_json([cut(note) for note in grade.notes]),
                "seconds": seconds,
            }
            self._insert(attempt, grade.questions)
        return True

    def graded(self, assignment_id: str, suite_digest: str, profile: str) -> set[tuple[str, str]]:
        """What need not be graded again: (student name, submission digest) of current grades that wait for nobody.

        A submission that was graded once, but is no longer the student's current one, is not in it: handed in once
        more, it becomes the current one again.
        """
        with one_line(self._path):
            rows = self._connection.execute(
                "SELECT name, submission_digest FROM current_grade JOIN roster USING (student_id)"
                " WHERE assignment = ? AND suite_digest = ? AND profile = ? AND settled",
                (assignment_id, suite_digest, profile),
            ).fetchall()
        return {(name_from_column(name), digest) for name, digest in rows}

    def current(self, assignment: Assignment) -> list[RecordedGrade]:
        """Everybody's current grade, by name; who was erased from the roster comes under a random id.

        Titles and points are those of the time of grading.
        """
        with one_line(self._path), transaction(self._connection, write=False):
            attempts = self._connection.execute(
                "SELECT current_grade.*, name FROM current_grade LEFT JOIN roster USING (student_id)"
                " WHERE assignment = ?",
                (assignment.id,),
            )
            recorded = [self._recorded(attempt, assignment) for attempt in attempts]
        return sorted(recorded, key=lambda entry: (entry.grade.student.casefold(), entry.grade.student))

    def erase(self, student: str) -> bool:
        """Take a name out of the file; the grades stay, under a random id. Returns whether it was there.

        Raises:
            GradebookError: the file cannot be written.
        """
        with one_line(self._path):
            with transaction(self._connection):
                gone = self._connection.execute("DELETE FROM roster WHERE name = ?", (name_to_column(student),))
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log holds the name, too
        return gone.rowcount == 1

    # ---- inside a transaction

    def _student_id(self, name: str) -> str:
        """The id behind a name; a new one for a new name."""
        stored = name_to_column(name)
        row = self._connection.execute("SELECT student_id FROM roster WHERE name = ?", (stored,)).fetchone()
        if row is not None:
            return str(row[0])
        student_id = secrets.token_hex(16)
        self._connection.execute("INSERT INTO student VALUES (?)", (student_id,))
        self._connection.execute("INSERT INTO roster VALUES (?, ?)", (student_id, stored))
        return student_id

    def _is_current(self, key: dict[str, str]) -> bool:
        return bool(
            self._connection.execute(
                "SELECT count(*) FROM current_grade WHERE assignment = :assignment AND student_id = :student_id"
                " AND submission_digest = :submission_digest AND suite_digest = :suite_digest"
                " AND profile = :profile AND settled",
                key,
            ).fetchone()[0]
        )

    def _next_ordinal(self, key: dict[str, str]) -> int:
        row = self._connection.execute(
            "SELECT coalesce(max(ordinal), 0) + 1 FROM attempt WHERE assignment = :assignment"
            " AND student_id = :student_id AND submission_digest = :submission_digest"
            " AND suite_digest = :suite_digest AND profile = :profile",
            key,
        ).fetchone()
        return int(row[0])

    def _insert(self, attempt: Mapping[str, Any], questions: Sequence[QuestionGrade]) -> None:
        columns, places = ", ".join(attempt), ", ".join(f":{column}" for column in attempt)
        added = self._connection.execute(f"INSERT INTO attempt ({columns}) VALUES ({places})", attempt)  # noqa: S608
        attempt_id = int(added.lastrowid or 0)
        self._connection.executemany(
            "INSERT INTO question_result VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [question_row(attempt_id, position, entry) for position, entry in enumerate(questions)],
        )
        cases = [(entry.question.id, case) for entry in questions for case in entry.cases]
        self._connection.executemany(
            "INSERT INTO case_result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [case_row(attempt_id, position, *entry) for position, entry in enumerate(cases)],
        )

    def _recorded(self, attempt: sqlite3.Row, assignment: Assignment) -> RecordedGrade:
        key = (attempt["id"],)
        questions = self._connection.execute(
            "SELECT * FROM question_result WHERE attempt_id = ? ORDER BY position", key
        )
        cases = self._connection.execute("SELECT * FROM case_result WHERE attempt_id = ? ORDER BY position", key)
        return recorded_grade(attempt, assignment, questions, cases)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

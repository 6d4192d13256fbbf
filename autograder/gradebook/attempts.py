"""One attempt as rows, written and read back; inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from autograder.gradebook.chain import add_link
from autograder.gradebook.rows import RecordedGrade, case_row, mark_from, name_from_column, question_row, recorded_grade
from autograder.model import Assignment, QuestionGrade, Submission
from autograder.rules import Mark


class Origin(msgspec.Struct, frozen=True):
    """Where a grade comes from, beyond what was run."""

    submission: Submission | None = None  # kept, so that it can be graded again
    submitted_at: datetime | None = None  # time-zone aware; None: not known
    source: str = ""
    identities: tuple[tuple[str, str], ...] = ()  # how platforms call the student: (scheme, value)
    question_digests: Mapping[str, str] = {}  # by question: what judged it
    ran_in: Mapping[str, int] = {}  # by question: the attempt whose cases were taken over


class HandIn(msgspec.Struct, frozen=True):
    """One submission of a student's, as far as choosing between several needs it."""

    student: str  # the random id
    attempt_id: int  # its latest attempt
    first_id: int  # its first
    points: float
    max_points: float
    submitted_at: datetime | None
    submission_digest: str
    name: str | None  # of the student; None where it was erased
    marks: tuple[Mark, ...]  # the student's, those that hold now


def read_hand_ins(connection: sqlite3.Connection, assignment_id: str) -> list[HandIn]:
    """All submissions that were ever graded, oldest first."""
    marks = _marks(connection, "assignment = ?", (assignment_id,))
    rows = connection.execute(
        "SELECT candidate_grade.*, first_id, name FROM candidate_grade LEFT JOIN roster USING (student_id)"
        " JOIN (SELECT student_id, submission_digest, min(id) AS first_id FROM attempt WHERE assignment = :assignment"
        " GROUP BY student_id, submission_digest) USING (student_id, submission_digest)"
        " WHERE assignment = :assignment ORDER BY id",
        {"assignment": assignment_id},
    )
    return [
        HandIn(
            student=row["student_id"],
            attempt_id=row["id"],
            first_id=row["first_id"],
            points=row["points"],
            max_points=row["max_points"],
            submitted_at=None if row["submitted_at"] is None else datetime.fromisoformat(row["submitted_at"]),
            submission_digest=row["submission_digest"],
            name=None if row["name"] is None else name_from_column(row["name"]),
            marks=tuple(marks.get(row["student_id"], ())),
        )
        for row in rows
    ]


def is_latest(connection: sqlite3.Connection, key: Mapping[str, str]) -> bool:
    """Whether the student's latest attempt has these digests and this profile, and waits for nobody."""
    return bool(
        connection.execute(
            "SELECT count(*) FROM latest_grade WHERE assignment = :assignment AND student_id = :student_id"
            " AND submission_digest = :submission_digest AND suite_digest = :suite_digest"
            " AND profile = :profile AND settled",
            key,
        ).fetchone()[0]
    )


def next_ordinal(connection: sqlite3.Connection, key: Mapping[str, str]) -> int:
    """The number of a new attempt with these digests and this profile."""
    row = connection.execute(
        "SELECT coalesce(max(ordinal), 0) + 1 FROM attempt WHERE assignment = :assignment"
        " AND student_id = :student_id AND submission_digest = :submission_digest"
        " AND suite_digest = :suite_digest AND profile = :profile",
        key,
    ).fetchone()
    return int(row[0])


def insert_attempt(
    connection: sqlite3.Connection, attempt: Mapping[str, Any], questions: Sequence[QuestionGrade], origin: Origin
) -> None:
    """Add an attempt with its questions and cases, and link it."""
    columns, places = ", ".join(attempt), ", ".join(f":{column}" for column in attempt)
    added = connection.execute(f"INSERT INTO attempt ({columns}) VALUES ({places})", attempt)  # noqa: S608
    attempt_id = int(added.lastrowid or 0)
    connection.executemany(
        "INSERT INTO question_result (attempt_id, position, question_id, title, points, open_points, max_points,"
        " bonus, suite_digest, ran_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            question_row(
                attempt_id,
                position,
                entry,
                origin.question_digests.get(entry.question.id),
                origin.ran_in.get(entry.question.id),
            )
            for position, entry in enumerate(questions)
        ],
    )
    cases = [(entry.question.id, case) for entry in questions for case in entry.cases]
    connection.executemany(
        "INSERT INTO case_result (attempt_id, position, question_id, name, title, visibility, outcome, weight,"
        " seconds, feedback, speed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [case_row(attempt_id, position, *entry) for position, entry in enumerate(cases)],
    )
    add_link(connection, "attempt", attempt_id)


def read_attempts(
    connection: sqlite3.Connection,
    view: str,
    assignment: Assignment,
    student_id: str | None = None,
    digest: str | None = None,
) -> list[RecordedGrade]:
    """Attempts of a table or view, oldest first, with the marks that hold now; of one if named."""
    where = "assignment = ?" + (" AND student_id = ?" if student_id is not None else "")
    key = (assignment.id,) if student_id is None else (assignment.id, student_id)
    which = where if digest is None else f"{where} AND submission_digest = ?"
    marks = _marks(connection, where, key)
    attempts = connection.execute(
        f"SELECT {view}.*, name FROM {view} LEFT JOIN roster USING (student_id) WHERE {which} ORDER BY id",  # noqa: S608
        key if digest is None else (*key, digest),
    ).fetchall()
    return [_recorded(connection, row, assignment, marks.get(row["student_id"], ())) for row in attempts]


def _marks(connection: sqlite3.Connection, where: str, key: Sequence[str]) -> dict[str, list[Mark]]:
    """The marks that hold now, by student's id."""
    marks: dict[str, list[Mark]] = {}
    for row in connection.execute(f"SELECT * FROM current_mark WHERE {where} ORDER BY id", key):  # noqa: S608
        marks.setdefault(row["student_id"], []).append(mark_from(row))
    return marks


def _recorded(
    connection: sqlite3.Connection, attempt: sqlite3.Row, assignment: Assignment, marks: Iterable[Mark]
) -> RecordedGrade:
    key = (attempt["id"],)
    questions = connection.execute(
        "SELECT * FROM question_result WHERE attempt_id = ? ORDER BY position", key
    ).fetchall()
    cases = connection.execute("SELECT * FROM case_result WHERE attempt_id = ? ORDER BY position", key)
    return recorded_grade(attempt, assignment, questions, cases, marks)


def in_utc(moment: datetime) -> str:
    """As the gradebook writes moments: ISO 8601 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def now() -> str:
    """This moment, as `in_utc` writes it."""
    return in_utc(datetime.now(UTC))

"""One attempt as rows, written and read back; inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from autograder.gradebook.chain import add_link
from autograder.gradebook.rows import RecordedGrade, case_row, mark_from, question_row, recorded_grade
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
        " seconds, feedback) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [case_row(attempt_id, position, *entry) for position, entry in enumerate(cases)],
    )
    add_link(connection, "attempt", attempt_id)


def read_attempts(
    connection: sqlite3.Connection, view: str, assignment: Assignment, student_id: str | None = None
) -> list[RecordedGrade]:
    """Attempts of a table or view, oldest first, with the marks that hold now."""
    where = "assignment = ?" + (" AND student_id = ?" if student_id is not None else "")
    key = (assignment.id,) if student_id is None else (assignment.id, student_id)
    marks: dict[str, list[Mark]] = {}
    for row in connection.execute(f"SELECT * FROM current_mark WHERE {where} ORDER BY id", key):  # noqa: S608
        marks.setdefault(row["student_id"], []).append(mark_from(row))
    attempts = connection.execute(
        f"SELECT {view}.*, name FROM {view} LEFT JOIN roster USING (student_id) WHERE {where} ORDER BY id",  # noqa: S608
        key,
    ).fetchall()
    return [_recorded(connection, row, assignment, marks.get(row["student_id"], ())) for row in attempts]


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

"""Who is who: names and platforms' ids of students, which can be erased; inside a transaction."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable

from autograder.gradebook.rows import name_from_column, name_to_column


def student_id(connection: sqlite3.Connection, name: str) -> str:
    """The random id behind a name; a new one for a new name."""
    found = find_student(connection, name)
    if found is not None:
        return found
    made = secrets.token_hex(16)
    connection.execute("INSERT INTO student VALUES (?)", (made,))
    connection.execute("INSERT INTO roster VALUES (?, ?)", (made, name_to_column(name)))
    return made


def find_student(connection: sqlite3.Connection, name: str) -> str | None:
    """The random id behind a name, if it has one."""
    row = connection.execute("SELECT student_id FROM roster WHERE name = ?", (name_to_column(name),)).fetchone()
    return None if row is None else str(row[0])


def add_identities(connection: sqlite3.Connection, student: str, identities: Iterable[tuple[str, str]]) -> None:
    """Note how platforms call a student; what another student is called already stays theirs."""
    connection.executemany(
        "INSERT OR IGNORE INTO identity VALUES (?, ?, ?)",
        [(scheme, name_to_column(value), student) for scheme, value in identities],
    )


def names_by_identity(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """Students' names by what platforms call them."""
    rows = connection.execute("SELECT scheme, value, name FROM identity JOIN roster USING (student_id)")
    return {(row[0], name_from_column(row[1])): name_from_column(row[2]) for row in rows}


def erase(connection: sqlite3.Connection, name: str) -> bool:
    """Take out a name, what platforms call it, and what was handed in by nobody else. Returns whether it was there."""
    student = find_student(connection, name)
    if student is None:
        return False
    connection.execute("DELETE FROM identity WHERE student_id = ?", (student,))
    connection.execute(
        "DELETE FROM submission WHERE digest IN (SELECT submission_digest FROM attempt WHERE student_id = ?)"
        " AND digest NOT IN (SELECT submission_digest FROM attempt JOIN roster USING (student_id)"
        " WHERE student_id <> ?)",
        (student, student),
    )
    connection.execute("DELETE FROM roster WHERE student_id = ?", (student,))
    return True

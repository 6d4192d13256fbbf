"""The hash chain over everything that was ever graded or marked.

Each link covers the link before it and all rows of one attempt (with its questions and cases) or one mark. Columns
that hold NULL do not count, so a column that a later schema adds leaves old links as they are; neither do tables
without rows for an attempt. Who changes a row past the triggers breaks its link. Who rewrites all links after it can
only be caught by somebody who kept an earlier `head`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator

import msgspec

START = "0" * 64

# Tables whose rows belong to an attempt by `attempt_id`, and their order. A new one goes to the end.
CHILDREN = (("question_result", "position"), ("case_result", "position"))


class Chain(msgspec.Struct, frozen=True):
    """What checking found."""

    links: int
    head: str  # digest of the last link
    problems: tuple[str, ...]  # one line each


def extend(connection: sqlite3.Connection) -> None:
    """Link all attempts and marks that have no link yet, attempts first; inside a transaction."""
    for kind in ("attempt", "mark"):
        rows = connection.execute(
            f"SELECT id FROM {kind} WHERE id NOT IN (SELECT row_id FROM link WHERE kind = ?) ORDER BY id",  # noqa: S608
            (kind,),
        ).fetchall()
        for row in rows:
            add_link(connection, kind, int(row[0]))


def add_link(connection: sqlite3.Connection, kind: str, row_id: int) -> str:
    """Link one new row; inside a transaction. Returns the link's digest, the chain's new head."""
    last = connection.execute("SELECT number, digest FROM link ORDER BY number DESC LIMIT 1").fetchone()
    number, before = (int(last[0]), str(last[1])) if last is not None else (0, START)
    digest = _digest(connection, before, kind, row_id)
    connection.execute("INSERT INTO link VALUES (?, ?, ?, ?)", (number + 1, kind, row_id, digest))
    return digest


def check(connection: sqlite3.Connection) -> Chain:
    """Compute every link again, in one state of the file."""
    problems: list[str] = []
    before, count = START, 0
    for number, kind, row_id, digest in connection.execute(
        "SELECT number, kind, row_id, digest FROM link ORDER BY number"
    ).fetchall():
        count += 1
        if number != count:
            problems.append(f"links {count} to {number - 1} are missing")
            count = number
        try:
            computed = _digest(connection, before, kind, row_id)
        except LookupError:
            problems.append(f"{kind} {row_id}: is missing")
        else:
            if computed != digest:
                problems.append(f"{_named(connection, kind, row_id)}: is not what was written then")
        before = digest
    for kind in ("attempt", "mark"):
        unlinked = connection.execute(
            f"SELECT id FROM {kind} WHERE id NOT IN (SELECT row_id FROM link WHERE kind = ?) ORDER BY id",  # noqa: S608
            (kind,),
        ).fetchall()
        problems += [f"{_named(connection, kind, row[0])}: was written past the chain" for row in unlinked]
    return Chain(count, before, tuple(problems))


def _digest(connection: sqlite3.Connection, before: str, kind: str, row_id: int) -> str:
    """SHA-256, in hexadecimal, over the digest before and the rows.

    Raises:
        LookupError: the row is not there.
    """
    digest = hashlib.sha256(before.encode())
    for line in _lines(connection, kind, row_id):
        digest.update(line.encode())
    return digest.hexdigest()


def _lines(connection: sqlite3.Connection, kind: str, row_id: int) -> Iterator[str]:
    rows = connection.execute(f"SELECT * FROM {kind} WHERE id = ?", (row_id,)).fetchall()  # noqa: S608
    if not rows:
        raise LookupError(row_id)
    yield _line(kind, rows[0])
    for table, order in CHILDREN if kind == "attempt" else ():
        children = connection.execute(
            f"SELECT * FROM {table} WHERE attempt_id = ? ORDER BY {order}",  # noqa: S608
            (row_id,),
        )
        yield from (_line(table, row) for row in children)


def _line(table: str, row: sqlite3.Row) -> str:
    values = {name: row[name] for name in row.keys() if row[name] is not None}  # noqa: SIM118 - a Row is no dict
    return "\n" + json.dumps([table, values], sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _named(connection: sqlite3.Connection, kind: str, row_id: int) -> str:
    when = {"attempt": "graded_at", "mark": "made_at"}[kind]
    row = connection.execute(f"SELECT assignment, {when} FROM {kind} WHERE id = ?", (row_id,)).fetchone()  # noqa: S608
    return f"{kind} {row_id} ({row[0]}, {row[1][:19]} UTC)"

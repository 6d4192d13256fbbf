"""Opening a gradebook: connection settings, schema changes, and one clear line when SQLite refuses."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from autograder.errors import GradebookError
from autograder.gradebook import chain

BUSY_TIMEOUT_S = 30.0  # how long to wait for other processes that write
APPLICATION_ID = 0x67726462  # "grdb": tells a gradebook from any other SQLite file

_ADVICE = {
    sqlite3.SQLITE_NOTADB: "not a gradebook (not an SQLite file); name another file, or move this one away",
    sqlite3.SQLITE_CORRUPT: "the gradebook is damaged; restore it from a backup",
    sqlite3.SQLITE_BUSY: "another program holds the gradebook locked; close it and run this again",
    sqlite3.SQLITE_LOCKED: "another program holds the gradebook locked; close it and run this again",
    sqlite3.SQLITE_READONLY: "the gradebook cannot be written; check the permissions of the file and its folder",
    sqlite3.SQLITE_PERM: "the gradebook cannot be written; check the permissions of the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "the gradebook cannot be opened; check the path and its permissions",
    sqlite3.SQLITE_FULL: "the disk is full; free some space and run this again",
}


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the gradebook at `path`, made if it is not there, with the newest schema.

    Raises:
        GradebookError: it cannot be opened or written, is something else, or was written by a newer version.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise GradebookError(f"{path}: the gradebook's folder cannot be made: {problem.strerror}") from None
    with one_line(path):
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            _set_up(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


@contextlib.contextmanager
def one_line(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the file into a GradebookError; mistakes of the program's own pass unchanged.

    Raises:
        GradebookError: the file is the problem.
    """
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.DatabaseError as problem:
        primary_code = problem.sqlite_errorcode & 0xFF if hasattr(problem, "sqlite_errorcode") else sqlite3.SQLITE_ERROR
        raise GradebookError(f"{path}: {_ADVICE.get(primary_code, problem)}") from problem


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, *, write: bool = True) -> Iterator[None]:
    """All of the block is written, or nothing, while other writers wait; or, to read, one state of the file."""
    connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # some failures, a full disk say, end it by themselves
            connection.execute("ROLLBACK")
        raise


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA recursive_triggers = ON")  # or INSERT OR REPLACE gets past the append-only triggers
    connection.execute("PRAGMA secure_delete = ON")  # an erased name is overwritten, not only unlinked
    files = _schema_files()
    version = _checked_version(connection, path, max(files))
    _use_wal(connection, path)
    if version == max(files):
        return
    with transaction(connection):
        version = _checked_version(connection, path, max(files))  # another process may have been faster
        for number in range(version + 1, max(files) + 1):
            for statement in _statements(files[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        chain.extend(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _checked_version(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    """The schema's number, 0 for an empty file.

    Raises:
        GradebookError: it is newer than this program, or the file is some other program's.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    is_empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if application != APPLICATION_ID and not (is_empty and version == application == 0):
        raise GradebookError(f"{path}: an SQLite file, but not a gradebook; name another file, or move this one away")
    if version > newest:
        raise GradebookError(
            f"{path}: written by a newer autograder (schema {version}, this one knows {newest}); upgrade autograder"
        )
    return version


def _use_wal(connection: sqlite3.Connection, path: Path) -> None:
    """Let readers and a writer work at once.

    SQLite does not wait for its busy timeout here: of several processes that make the same file, all but one are
    turned away at first.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            break
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
    if mode != "wal":
        raise GradebookError(f"{path}: this file system cannot hold a shared gradebook; put it on a local disk")


def _schema_files() -> dict[int, str]:
    """SQL by number, from 1 without gaps."""
    folder = resources.files("autograder.gradebook") / "schema"
    files = {}
    for file in folder.iterdir():
        named = re.fullmatch(r"(\d{3})_\w+\.sql", file.name)
        if named is not None:
            files[int(named[1])] = file.read_text(encoding="utf-8")
    return files


def _statements(script: str) -> Iterator[str]:
    """The statements of an SQL file: `executescript` would end the transaction that makes them one step."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

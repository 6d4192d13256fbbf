"""Who is who: a CSV of the instructor's own, or a grade file that a platform exports, as it is.

An own file has a column `student` (or `name`), and any of `email`, `login`, `sis`, `canvas`, `moodle`, `blackboard`,
`gradescope`, `github`, `group`, `submitted_at`, `due`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from pathlib import Path

import msgspec

from autograder.errors import AutograderError
from autograder.policies import moment
from autograder.sheet import read_sheet

SCHEMES = ("email", "login", "sis", "canvas", "moodle", "blackboard", "gradescope", "github")

# Which columns of a platform's file say what; the first set of columns that is there tells the platform.
_FILES: tuple[tuple[str, tuple[str, ...], dict[str, str]], ...] = (
    (
        "canvas",
        ("student", "id", "sis login id", "section"),
        {"id": "canvas", "sis user id": "sis", "sis login id": "login"},
    ),
    ("moodle", ("identifier", "grade"), {"identifier": "moodle", "email address": "email", "id number": "sis"}),
    ("blackboard", ("last name", "first name", "username"), {"username": "blackboard", "student id": "sis"}),
    ("gradescope", ("first name", "last name", "email"), {"sid": "gradescope", "email": "email"}),
)
_MATCHES = {"blackboard": ("login",), "gradescope": ("sis",), "sis": ("gradescope",), "login": ("blackboard",)}


class Listed(msgspec.Struct, frozen=True):
    """One line of a roster."""

    student: str
    identities: tuple[tuple[str, str], ...] = ()
    group: str = ""
    submitted_at: datetime | None = None
    due: datetime | None = None


class Roster:
    """Students by all that platforms and people call them."""

    def __init__(self, listed: Iterable[Listed] = ()) -> None:
        self.listed = list(listed)
        self._by_identity: dict[tuple[str, str], set[int]] = {}
        self._by_name: dict[str, set[int]] = {}
        self._by_group: dict[str, list[int]] = {}
        for index, entry in enumerate(self.listed):
            for scheme, value in entry.identities:
                for same in (scheme, *_MATCHES.get(scheme, ())):
                    self._by_identity.setdefault((same, value.casefold()), set()).add(index)
            for name in names_of(entry):
                self._by_name.setdefault(name, set()).add(index)
            if entry.group:
                self._by_group.setdefault(plain(entry.group), []).append(index)

    def find(self, student: str, identities: Iterable[tuple[str, str]]) -> list[Listed]:
        """Whom a platform's ids mean, or else the name; several if that cannot be told, none if nobody is meant."""
        for scheme, value in identities:
            if found := self._by_identity.get((scheme, value.casefold())):
                return [self.listed[index] for index in sorted(found)]
        found = self._by_name.get(plain(student), set())
        if not found:
            found = {
                index
                for scheme in ("email", "login", "sis", "github")
                for index in self._by_identity.get((scheme, student.casefold()), ())
            }
        return [self.listed[index] for index in sorted(found)]

    def group(self, name: str) -> list[Listed]:
        """The members of a group of this name."""
        return [self.listed[index] for index in self._by_group.get(plain(name), ())]


def read_roster(path: Path, zone: tzinfo | None) -> Roster:
    """A roster from a CSV file: one's own, or what Canvas, Moodle, Blackboard or Gradescope export.

    Args:
        path: the file; commas, semicolons or tabs, UTF-8 or UTF-16.
        zone: of times without one.

    Raises:
        AutograderError: it cannot be read, lacks a column, or has two students of one name or id.
    """
    rows = read_sheet(path).rows
    if not rows:
        raise AutograderError(f"{path}: the roster is empty")
    columns = [name.strip().casefold() for name in rows[0]]
    listed = []
    for number, row in enumerate(rows[1:], 2):
        cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False)}
        entry = _listed(columns, cells, zone, f"{path}: line {number}")
        if entry is not None:
            listed.append(entry)
    if not listed:
        raise AutograderError(f"{path}: the roster names nobody")
    return Roster(_distinct(path, listed))


def plain(name: str) -> str:
    """A name as file names have it: letters and digits in lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in decomposed if character.isalnum())


def names_of(entry: Listed) -> set[str]:
    """What a student may be called in a file's name: both orders of "Doe, Jane"."""
    last, comma, first = entry.student.partition(",")
    names = {plain(entry.student)}
    if comma:
        names.add(plain(first + last))
    else:
        words = entry.student.split()
        names.add(plain(" ".join(words[-1:] + words[:-1])))
    return names - {""}


def _listed(columns: list[str], cells: Mapping[str, str], zone: tzinfo | None, where: str) -> Listed | None:
    """One line; None for the lines that platforms put between."""
    platform, schemes = "", {name: name for name in SCHEMES}
    if "student" not in columns or "sis login id" in columns:
        for candidate, needed, mapping in _FILES:
            if all(name in columns for name in needed):
                platform, schemes = candidate, mapping
                break
    student = _student(cells)
    if platform == "canvas" and (not cells.get("id") or student.casefold().startswith(("points possible", "student,"))):
        return None
    if "id" in columns and not platform:
        schemes = {**schemes, "id": "sis"}
    if not student:
        if not any(cells.values()):
            return None
        raise AutograderError(f"{where}: names no student; a roster has a column student or name")
    identities = []
    for column, scheme in schemes.items():
        value = cells.get(column, "")
        if scheme == "moodle":
            value = value.rpartition(" ")[2]  # "Participant 1234"
        if value:
            identities.append((scheme, value))
    return Listed(
        student=student,
        identities=tuple(identities),
        group=cells.get("group", ""),
        submitted_at=_time(cells.get("submitted_at") or cells.get("last modified (submission)", ""), zone, where),
        due=_time(cells.get("due", ""), zone, where),
    )


def _student(cells: Mapping[str, str]) -> str:
    for column in ("student", "name", "full name"):
        if cells.get(column):
            return cells[column]
    return f"{cells.get('first name', '')} {cells.get('last name', '')}".strip()


def _time(text: str, zone: tzinfo | None, where: str) -> datetime | None:
    """A time as one writes it, or as Moodle does: "Thursday, 1 October 2026, 11:59 PM"."""
    if text in ("", "-"):
        return None
    for form in ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%d %B %Y, %I:%M %p"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone) if zone is not None else None
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return moment(text, where)
    if found.tzinfo is not None:
        return found
    return found.replace(tzinfo=zone) if zone is not None else moment(text, where)


def _distinct(path: Path, listed: list[Listed]) -> list[Listed]:
    """Two students of one name get an id behind it.

    Raises:
        AutograderError: two have the same id, or the same name and no id.
    """
    names: dict[str, int] = {}
    owners: dict[tuple[str, str], Listed] = {}
    for entry in listed:
        names[entry.student] = names.get(entry.student, 0) + 1
        for scheme, value in entry.identities:
            if owners.setdefault((scheme, value.casefold()), entry) is not entry:
                raise AutograderError(
                    f"{path}: {scheme} {value} stands there twice; each student needs one of their own"
                )
    distinct = []
    for entry in listed:
        if names[entry.student] > 1 and not entry.identities:
            raise AutograderError(
                f"{path}: {entry.student} stands there twice without an id; add a column email or sis"
            )
        alone = names[entry.student] == 1
        student = entry.student if alone else f"{entry.student} ({entry.identities[0][1]})"
        distinct.append(msgspec.structs.replace(entry, student=student))
    return distinct

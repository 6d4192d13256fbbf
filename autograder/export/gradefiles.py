"""The grade files of Canvas, Moodle and Blackboard, filled in: the instructor's download with points, ids untouched.

Rows without a final grade are left out, for a blank cell may change what is there already.
- Canvas (canvas-lms, `lib/gradebook_importer.rb`): column 0 holds `Student`, column 1 `ID`, the last of the student's
  columns is `Section`; `<title> (<id>)` names an assignment, `EX` excuses.
- Moodle (`mod/assign/feedback/offline`): `Identifier`, `Grade` and `Last modified (grade)`; rows that are locked or out
  of range are skipped there, so they are told of here.
- Blackboard Learn (upload grades): `Username` and a column whose name ends in `|<number>`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from autograder.errors import AutograderError
from autograder.export.wording import grade_text
from autograder.intake.roster import Listed, Roster, plain
from autograder.model import Assignment
from autograder.report.safe import number
from autograder.sheet import Sheet, inert, read_sheet
from autograder.standing import Standing


class Filled(msgspec.Struct):
    """A grade file to upload, and what a person should know of it."""

    content: bytes
    written: int = 0
    not_final: list[str] = []  # students whose grade waits for something
    not_listed: list[str] = []  # graded students who are not in the file
    ungraded: int = 0  # rows of the file without a grade
    skipped: list[str] = []  # rows that the platform would refuse, with the reason
    clipped: list[str] = []  # students with more points than the platform takes


class Who:
    """Graded students by what a platform's row says of them."""

    def __init__(self, found: Sequence[Standing], identities: Mapping[tuple[str, str], str]) -> None:
        by_student: dict[str, list[tuple[str, str]]] = {}
        for identity, student in identities.items():
            by_student.setdefault(student, []).append(identity)
        self._standings = {entry.grade.student: entry for entry in found}
        self._roster = Roster([Listed(name, tuple(by_student.get(name, ()))) for name in self._standings])
        self.met: set[str] = set()

    def of(self, name: str, identities: Sequence[tuple[str, str]]) -> Standing | None:
        """The one whom the row means, if that can be told."""
        meant = self._roster.find(name, [identity for identity in identities if identity[1]])
        if len(meant) != 1:
            return None
        self.met.add(meant[0].student)
        return self._standings[meant[0].student]

    def others(self) -> list[str]:
        """Students whom no row meant."""
        return [name for name in self._standings if name not in self.met]


def fill_canvas(
    path: Path, assignment: Assignment, who: Who, *, column: str | None = None, scale: bool = False
) -> Filled:
    """Canvas's gradebook with one assignment's column; see the module.

    Args:
        path: the gradebook as Canvas exports it.
        assignment: the lab.
        who: the grades.
        column: the column's title, with or without `(<id>)`; the one that is named like the lab if None.
        scale: whether points are scaled to those of the column.

    Raises:
        AutograderError: it is not such a file, or has no such column or other points.
    """
    sheet = _graded(path)
    columns = sheet.columns
    if len(columns) < 4 or "student" not in columns[0] or columns[1] != "id" or "section" not in columns:
        raise AutograderError(f"{path}: is not a gradebook of Canvas; export it with Grades > Export")
    last = columns.index("section")
    target = _column(path, sheet, range(last + 1, len(columns)), assignment, column, r" \((\d+)\)$")
    kept = [*range(last + 1), target]
    possible = next((row for row in sheet.rows[1:] if row[0].strip().startswith("Points Possible")), None)
    factor = _factor(path, sheet.rows[0][target], possible[target] if possible else "", assignment, scale=scale)
    schemes = {"id": "canvas", "sis user id": "sis", "sis login id": "login"}
    head = [[row[index] if index < len(row) else "" for index in kept] for row in (sheet.rows[0], possible) if row]

    def points(entry: Standing) -> str:
        return "EX" if entry.grade.excused else number(entry.grade.points * factor)

    def is_student(row: list[str]) -> bool:
        return bool(row[1].strip()) and row is not possible and row[0] != "Student, Test"

    return _fill(sheet, head, kept, target, who, schemes, points, is_student)


def fill_moodle(
    path: Path, assignment: Assignment, who: Who, *, column: str | None = None, scale: bool = False
) -> Filled:
    """Moodle's grading worksheet with grades and a sentence of feedback; see the module, arguments as `fill_canvas`.

    Raises:
        AutograderError: it is not such a file, or has other points.
    """
    del column  # there is one
    sheet = _graded(path)
    columns = sheet.columns
    for needed in ("identifier", "grade", "last modified (grade)"):
        if needed not in columns:
            raise AutograderError(
                f"{path}: has no column {needed!r}; download it with View all > Download grading worksheet"
            )
    target, maximum = columns.index("grade"), _optional(columns, "maximum grade")
    most = sheet.rows[1][maximum] if maximum is not None else ""
    factor = _factor(path, "the worksheet", most, assignment, scale=scale)
    bound = assignment.max_points * factor
    feedback, locked = _optional(columns, "feedback comments"), _optional(columns, "grade can be changed")
    filled = Filled(b"")

    def points(entry: Standing) -> str:
        value = entry.grade.points * factor
        if value > bound:
            filled.clipped.append(entry.grade.student)
        return number(min(value, bound))

    def is_open(row: list[str]) -> bool:
        if locked is not None and row[locked].strip().casefold() not in ("yes", ""):
            filled.skipped.append(f"{row[0]}: Moodle says that the grade cannot be changed")
            return False
        return True

    def finish(row: list[str], entry: Standing) -> None:
        if feedback is not None:
            text = html.escape(grade_text(entry.grade), quote=False).replace("\n", "<br>")
            row[feedback] = inert(text)

    schemes = {"identifier": "moodle", "email address": "email", "id number": "sis"}
    kept = list(range(len(columns)))
    done = _fill(sheet, [sheet.rows[0]], kept, target, who, schemes, points, is_open, finish)
    done.skipped, done.clipped = filled.skipped, filled.clipped
    return done


def fill_blackboard(
    path: Path, assignment: Assignment, who: Who, *, column: str | None = None, scale: bool = False
) -> Filled:
    """Blackboard's grade file with one column; see the module, arguments as `fill_canvas`.

    Raises:
        AutograderError: it is not such a file, or has no such column or other points.
    """
    sheet = _graded(path)
    columns = sheet.columns
    if "username" not in columns:
        raise AutograderError(f"{path}: has no column 'Username'; download it with Work Offline > Download")
    graded = [index for index, name in enumerate(sheet.rows[0]) if re.search(r"\|\d+$", name)]
    target = _column(path, sheet, graded, assignment, column, r" \[.*\|\d+$")
    total = re.search(r"Total Pts: ?([\d.,]+)", sheet.rows[0][target])
    factor = _factor(path, sheet.rows[0][target], total[1] if total else "", assignment, scale=scale)
    people = [index for index, name in enumerate(columns) if name in _BLACKBOARD_PEOPLE]
    schemes = {"username": "blackboard", "student id": "sis"}
    kept = [*people, target]
    head = [[sheet.rows[0][index] for index in kept]]

    def points(entry: Standing) -> str:
        return number(entry.grade.points * factor)

    return _fill(sheet, head, kept, target, who, schemes, points, lambda _row: True)


_BLACKBOARD_PEOPLE = ("last name", "first name", "username", "student id", "last access", "availability")
_NAMES = ("student", "full name", "last name", "first name")


def _fill(
    sheet: Sheet,
    head: Sequence[list[str]],
    kept: Sequence[int],
    target: int,
    who: Who,
    schemes: Mapping[str, str],
    points: Callable[[Standing], str],
    is_student: Callable[[list[str]], bool],
    finish: Callable[[list[str], Standing], None] = lambda _row, _entry: None,
) -> Filled:
    """The sheet's rows of students with a final grade."""
    columns = sheet.columns
    filled = Filled(b"")
    rows = [list(row) for row in head]
    for raw in sheet.rows[1:]:
        row = [*raw, *[""] * (len(columns) - len(raw))]
        ids = [(schemes[name], _bare(name, row[index])) for index, name in enumerate(columns) if name in schemes]
        if not is_student(row):
            continue
        entry = who.of(_name(columns, row), ids)
        if entry is None:
            filled.ungraded += 1
            continue
        if not (entry.is_final or entry.grade.excused):
            filled.not_final.append(entry.grade.student)
            continue
        row[target] = points(entry)
        finish(row, entry)
        cells = [inert(cell) if columns[index] in _NAMES else cell for index, cell in enumerate(row)]
        rows.append([cells[index] for index in kept])
        filled.written += 1
    filled.not_listed = who.others()
    filled.content = sheet.dump(rows)
    return filled


def _graded(path: Path) -> Sheet:
    sheet = read_sheet(path)
    if len(sheet.rows) < 2:
        raise AutograderError(f"{path}: holds no students; download the grade file again")
    return sheet


def _column(
    path: Path, sheet: Sheet, among: Sequence[int], assignment: Assignment, wanted: str | None, ending: str
) -> int:
    """The column of an assignment, by its title.

    Raises:
        AutograderError: none or several are named so.
    """
    titles = {index: sheet.rows[0][index] for index in among if re.search(ending, sheet.rows[0][index])}
    bare = {index: plain(re.sub(ending, "", title)) for index, title in titles.items()}
    if wanted is not None:
        found = [index for index, title in titles.items() if title == wanted or bare[index] == plain(wanted)]
    else:
        lab = plain(assignment.title)
        words = {plain(assignment.id), lab}
        found = [index for index in titles if bare[index] in words]
        found = found or [index for index in titles if bare[index] and lab.startswith(bare[index])]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(titles.values()) or "none"
    wish = f"{wanted!r}" if wanted is not None else f"like {assignment.title!r}"
    raise AutograderError(f"{path}: {len(found)} columns are named {wish}; name one with --column. It has: {listed}")


def _factor(path: Path, where: str, most: str, assignment: Assignment, *, scale: bool) -> float:
    """What points are multiplied with.

    Raises:
        AutograderError: the platform's maximum is another, and scaling was not asked for.
    """
    try:
        possible = float(most.strip().replace(",", "."))
    except ValueError:
        return 1.0  # the file does not say
    if possible == assignment.max_points or not possible:
        return 1.0
    if not scale:
        raise AutograderError(
            f"{path}: {where} is out of {number(possible)} points, {assignment.id} out of "
            f"{number(assignment.max_points)}; change one of them, or export with --scale"
        )
    return possible / assignment.max_points


def _name(columns: Sequence[str], row: Sequence[str]) -> str:
    cells = dict(zip(columns, row, strict=False))
    whole = cells.get("student") or cells.get("full name")
    return whole or f"{cells.get('first name', '')} {cells.get('last name', '')}".strip()


def _bare(column: str, cell: str) -> str:
    return cell.strip().rpartition(" ")[2] if column == "identifier" else cell.strip()


def _optional(columns: Sequence[str], name: str) -> int | None:
    return columns.index(name) if name in columns else None

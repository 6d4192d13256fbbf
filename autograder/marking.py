"""Staff's marks: checked against the assignment before any is written, one at a time or as a table."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from autograder.errors import AutograderError
from autograder.model import Assignment
from autograder.policies import moment, span_s
from autograder.report.safe import number, safe
from autograder.rules import Mark, MarkKind
from autograder.sheet import read_sheet

_COLUMNS = ("student", "question", "points", "comment", "why")


class Wish(msgspec.Struct, frozen=True):
    """What somebody typed about one student's grade; one thing of points, times, submission, excuse or undoing."""

    question: str = ""
    points: float | None = None
    comment: str = ""
    due: str | None = None
    extend: str | None = None
    submitted_at: str | None = None
    digest: str | None = None  # the beginning of a submission's
    excuse: bool = False
    take_back: str | None = None  # a kind of mark


def make_mark(assignment: Assignment, wish: Wish, digests: Collection[str], *, who: str, why: str) -> Mark:
    """The mark that was wished for.

    Args:
        assignment: the lab.
        wish: what was typed.
        digests: of the student's submissions.
        who: by whom.
        why: the reason.

    Raises:
        AutograderError: nothing or several things were wished for, one is wrong, or there is no reason.
    """
    fields = ("points", "due", "extend", "submitted_at", "digest", "excuse", "take_back")
    asked = [field for field in fields if getattr(wish, field) not in (None, False, "")]
    if len(asked) != 1:
        raise AutograderError("give one of --points, --due, --extend, --submitted-at, --use, --excuse, --take-back")
    if (wish.question and asked[0] not in ("points", "take_back")) or (wish.comment and asked[0] != "points"):
        raise AutograderError("--question and --comment go with --points")
    if wish.points is not None:
        return points_mark(assignment, wish.question, wish.points, who=who, why=why, comment=wish.comment)
    if wish.due or wish.extend:
        return due_mark(assignment, due=wish.due, extend=wish.extend, who=who, why=why)
    if wish.submitted_at:
        handed_in = read_time(wish.submitted_at, assignment, "--submitted-at")
        return Mark(MarkKind.SUBMITTED, who, _said(why), moment=handed_in)
    if wish.digest:
        found = sorted(digest for digest in digests if digest.startswith(wish.digest))
        if len(found) != 1:
            raise AutograderError(f"--use {wish.digest}: {len(found)} of the student's submissions begin so")
        return Mark(MarkKind.CHOICE, who, _said(why), submission=found[0])
    if wish.take_back:
        return Mark(MarkKind(wish.take_back), who, _said(why), wish.question)
    return Mark(MarkKind.EXCUSED, who, _said(why), excused=True)


def points_mark(
    assignment: Assignment, question: str, points: float | None, *, who: str, why: str, comment: str = ""
) -> Mark:
    """Points for a question, or for the whole if `question` is empty; None takes an earlier mark back.

    Raises:
        AutograderError: there is no such question, or the points are more than it has.
    """
    most = sum(entry.points for entry in assignment.questions)
    if question:
        try:
            most = assignment.question(question).points
        except KeyError:
            known = ", ".join(entry.id for entry in assignment.questions)
            raise AutograderError(f"{assignment.id} has no question {question!r}; it has {known}") from None
    if points is not None and not (math.isfinite(points) and 0 <= points <= most):
        what = f"question {question}" if question else assignment.id
        raise AutograderError(f"{number(points)} points: {what} has 0 to {number(most)}")
    return Mark(MarkKind.POINTS, who, _said(why), question, points=points, comment=comment)


def due_mark(assignment: Assignment, *, due: str | None, extend: str | None, who: str, why: str) -> Mark:
    """A due time of the student's own: a time, or a span after the assignment's.

    Raises:
        AutograderError: it is none, or the assignment has no due time.
    """
    if extend is not None:
        if assignment.due is None:
            raise AutograderError(f"{assignment.id} has no due time to extend; give one with --due")
        own = assignment.due.astimezone(UTC) + timedelta(seconds=span_s(extend, "--extend"))
    else:
        own = read_time(due or "", assignment, "--due")
    return Mark(MarkKind.DUE, who, _said(why), moment=own)


def read_time(text: str, assignment: Assignment, where: str) -> datetime:
    """A time; one without a zone is in that of the assignment's due time.

    Raises:
        AutograderError: it is none, or has no zone and the assignment no due time.
    """
    try:
        plain = datetime.fromisoformat(text.strip())
    except ValueError:
        return moment(text, where)
    if plain.tzinfo is None and assignment.due is not None:
        return plain.replace(tzinfo=assignment.due.tzinfo)
    return moment(text, where)


def read_marks(path: Path, assignment: Assignment, *, who: str, why: str | None) -> list[tuple[str, Mark]]:
    """A table of points given by hand: columns student, question, points, and if needed comment and why.

    A row without points is left out: nobody has graded it yet.

    Args:
        path: a CSV file with a header.
        assignment: the lab.
        who: by whom.
        why: where a row has no reason of its own.

    Raises:
        AutograderError: naming the line.
    """
    header, *rows = read_sheet(path).rows or [[]]
    columns = [name.strip().casefold() for name in header]
    for needed in ("student", "points"):
        if needed not in columns:
            raise AutograderError(f"{path}: has no column {needed!r}; it may have {', '.join(_COLUMNS)}")
    marks = []
    for line, row in enumerate(rows, 2):
        entry = {name: value.strip() for name, value in zip(columns, row, strict=False)}
        if not entry.get("points"):
            continue
        where = f"{path}: line {line}"
        try:
            points = float(entry["points"].replace(",", "."))
            mark = points_mark(
                assignment,
                entry.get("question", ""),
                points,
                who=who,
                why=entry.get("why") or why or "graded by hand",
                comment=entry.get("comment", ""),
            )
        except ValueError:
            raise AutograderError(f"{where}: {safe(entry['points'])!r} is not a number of points") from None
        except AutograderError as problem:
            raise AutograderError(f"{where}: {problem}") from None
        marks.append((entry["student"], mark))
    return marks


def describe(marks: Iterable[Mark]) -> list[str]:
    """Each mark in a clause, for staff."""
    return [_described(mark) for mark in marks]


def _described(mark: Mark) -> str:
    where = f"points of {safe(mark.question)}" if mark.question else "total"
    if mark.kind is MarkKind.POINTS:
        said = f"{where} set to {number(mark.points)}" if mark.points is not None else f"{where} as the tests gave it"
    elif mark.kind is MarkKind.DUE:
        said = f"due {_time(mark.moment)}" if mark.moment is not None else "due as everybody"
    elif mark.kind is MarkKind.SUBMITTED:
        said = f"handed in {_time(mark.moment)}" if mark.moment is not None else "handed in as recorded"
    elif mark.kind is MarkKind.CHOICE:
        said = f"submission {mark.submission[:12]} counts" if mark.submission else "submission as the policy says"
    else:
        said = "excused" if mark.excused else "not excused any more"
    comment = f' (to the student: "{safe(mark.comment)}")' if mark.comment else ""
    return f"{said} by {safe(mark.who)}: {safe(mark.why)}{comment}"


def _time(when: datetime | None) -> str:
    return "" if when is None else f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _said(why: str) -> str:
    if not why.strip():
        raise AutograderError("say why: the reason stays in the gradebook (--why)")
    return why.strip()

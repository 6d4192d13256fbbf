"""What the commands on a gradebook print: a regrade's moves, a student's history, where a class stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.gradebook import RecordedGrade
from autograder.marking import describe
from autograder.model import Assignment
from autograder.regrading import Move, Regraded
from autograder.report import figures
from autograder.report.safe import name, number, safe
from autograder.rules import Mark
from autograder.speed.cases import Queue
from autograder.standing import Standing
from autograder.terminal.signs import duration


def print_moves(regraded: Regraded, *, dry_run: bool) -> None:
    """Who moved and by how much, and what must be done by hand."""
    console = Console(highlight=False)
    moved = sorted((move for move in regraded.moves if _counts(move)), key=lambda move: (move.points, move.student))
    if moved:
        console.print(_moves_table(moved))
    ran = len(regraded.moves) - regraded.unchanged
    questions = sorted({question for move in regraded.moves for question in move.ran}, key=_natural)
    said = f"{ran} run again on {', '.join(map(safe, questions))}" if ran else "nothing to run again"
    would = "would move" if dry_run else "moved"
    console.print(f"{said}, {regraded.unchanged} unchanged; {len(moved)} {would}", markup=False)
    for case, why in regraded.broken.items():
        console.print(f"grader error: the reference does not pass {case}: {why}", style="bold red", markup=False)
    if regraded.lost:
        names = ", ".join(name(student) for student in regraded.lost)
        console.print(f"not kept, grade them again from their files: {names}", style="yellow", markup=False)
    if dry_run:
        console.print("Nothing was written; without --dry-run it is.")


def _moves_table(moved: Sequence[Move]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title, justify in (("student", "left"), ("before", "right"), ("after", "right"), ("", "right")):
        table.add_column(title, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    table.add_column("questions")
    for move in moved:
        style = "red" if move.points < 0 else "green"
        parts = ", ".join(f"{safe(question)} {_signed(points)}" for question, points in move.questions)
        held = f"{number(move.after.held_back)} held back" if move.after.held_back else ""
        table.add_row(
            Text(name(move.student, 24)),
            number(move.before.points),
            number(move.after.points),
            Text(_signed(move.points), style),
            Text("; ".join(filter(None, (parts, held)))),
        )
    return table


def move_line(move: Move) -> dict[str, Any]:
    """One submission of a regrade as a JSON line."""
    return {
        "event": "regrade",
        "student": move.student,
        "ran": list(move.ran),
        "before": move.before.points,
        "after": move.after.points,
        "open_points": move.after.open_points,
        "questions": dict(move.questions),
    }


def print_history(
    assignment: Assignment, student: str, attempts: Sequence[RecordedGrade], marks: Sequence[Mark], now: Standing | None
) -> None:
    """Everything that happened to one student's grade of one assignment, oldest first."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text.assemble((safe(assignment.title), "bold"), "  ", name(student)))
    events: list[tuple[datetime, str]] = [(entry.graded_at, _attempt(entry)) for entry in attempts]
    made = [mark for mark in marks if mark.made_at is not None]
    events += [(mark.made_at, said) for mark, said in zip(made, describe(made), strict=True) if mark.made_at]
    for moment, said in sorted(events, key=lambda event: event[0]):
        console.print(Text(f"  {moment:%Y-%m-%d %H:%M}  {said}"))
    if now is not None:
        console.print(Text(f"  stands at         {stands_at(now)}", "bold"))


def stands_at(standing: Standing) -> str:
    """A grade in one clause, with what was taken off."""
    grade = standing.grade
    if grade.excused:
        return "excused"
    said = f"{number(grade.points)}/{number(grade.max_points)}"
    said += f", {number(grade.open_points)} open ({figures.holders(grade) or 'no result'})" if grade.open_points else ""
    taken = "".join(f"; −{number(entry.points)}: {entry.reason}" for entry in grade.deductions)
    return said + taken


def _attempt(entry: RecordedGrade) -> str:
    grade = entry.grade
    word = "regraded" if entry.source == "regrade" else "graded  "
    handed = f", handed in {entry.submitted_at:%Y-%m-%d %H:%M} UTC" if entry.submitted_at is not None else ""
    origin = f" from {safe(entry.source)}" if entry.source and entry.source != "regrade" else ""
    opened = f", {number(grade.open_points)} open" if grade.open_points else ""
    return (
        f"{word}  {number(grade.points)}/{number(grade.max_points)}{opened}  submission {entry.submission_digest[:12]}"
        f"{origin}{handed}, suite {entry.suite_digest[:12]}, {safe(entry.profile)}, "
        f"engine {safe(entry.versions.get('engine', 'unknown'))}"
    )


def print_status(assignment: Assignment, found: Sequence[Standing], missing: Sequence[str], waits: Queue) -> None:
    """Where a class stands, in a few lines."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(safe(assignment.title), "bold"))
    settled = [entry for entry in found if entry.is_final]
    console.print(f"  {len(found)} graded, {len(settled)} of them settled")
    lines = [
        ("held back by the grader", [entry for entry in found if entry.grade.held_back]),
        (
            "waiting for a person's points",
            [e for e in found if any(q.question.manual and q.open_points for q in e.grade.questions)],
        ),
        ("waiting for a speed check (`grade --only pending`)", [e for e in found if _waits_for_speed(e)]),
        ("late", [entry for entry in found if entry.grade.deductions]),
        ("excused", [entry for entry in found if entry.grade.excused]),
    ]
    if assignment.late is not None:
        lines.append(("without a hand-in time", [e for e in found if e.recorded and e.submitted_at is None]))
    for said, entries in lines:
        if entries:
            console.print(
                f"  {len(entries)} {said}: {_names([entry.grade.student for entry in entries])}", markup=False
            )
    if waits.checks:
        console.print(_queue_line(waits), markup=False)
    if missing:
        console.print(f"  {len(missing)} in the roster without a submission: {_names(missing)}", markup=False)


def _queue_line(waits: Queue) -> str:
    """How many speed checks wait, how long they take, and how many need a GPU."""
    counted = "1 speed check" if waits.checks == 1 else f"{waits.checks} speed checks"
    on_gpu = f", {waits.on_gpu} of them on a GPU alone" if waits.on_gpu else ""
    return f"  {counted} in the queue, about {duration(waits.seconds)}{on_gpu}"


def _waits_for_speed(entry: Standing) -> bool:
    return any(case.is_timed and not case.outcome.known for q in entry.grade.questions for case in q.cases)


def status_json(found: Sequence[Standing], missing: Sequence[str], waits: Queue) -> str:
    """The same for programs."""
    entries = [
        {
            "student": entry.grade.student,
            "points": entry.grade.points,
            "open_points": entry.grade.open_points,
            "max_points": entry.grade.max_points,
            "excused": entry.grade.excused,
            "submitted_at": entry.submitted_at.isoformat() if entry.submitted_at else None,
            "deductions": [{"points": taken.points, "reason": taken.reason} for taken in entry.grade.deductions],
        }
        for entry in found
    ]
    speed = {"checks": waits.checks, "on_gpu": waits.on_gpu, "seconds": round(waits.seconds, 1)}
    return json.dumps({"grades": entries, "missing": list(missing), "speed_queue": speed})


def _names(students: Sequence[str]) -> str:
    shown = ", ".join(name(student, 30) for student in students[:8])
    return f"{shown} and {len(students) - 8} more" if len(students) > 8 else shown


def _counts(move: Move) -> bool:
    return bool(move.questions or move.points or move.after.open_points != move.before.open_points)


def _signed(points: float) -> str:
    return f"+{number(points)}" if points > 0 else number(points).replace("-", "−")


def _natural(question: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in question.replace("-", ".").split(".")]

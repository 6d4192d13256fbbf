"""What the command line shows while a batch is graded, and at its end."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from autograder.batch import Graded
from autograder.grading import Outcomes
from autograder.intake import Intake
from autograder.model import Assignment, FeedbackLevel, Grade
from autograder.report import text
from autograder.report.safe import name, safe
from autograder.terminal.tally import Slots, Tally

PROGRESS_S = 10.0  # between two lines of JSON on progress


def intake_lines(intake: Intake) -> list[str]:
    """What was found in platforms' downloads and with a roster; nothing where there is neither."""
    platforms = ", ".join(f"{many} from {safe(source)}" for source, many in intake.sources.items() if source != "files")
    lines = [f"taken in: {platforms}"] if platforms else []
    said = (
        (intake.unmatched, "not in the roster, graded under the platform's name"),
        (intake.ambiguous, "mean several in the roster, graded under the platform's name"),
        (sorted(set(intake.left_out)), f"handed in several times; {len(intake.left_out)} other attempts left out"),
        (intake.unordered, "handed in several times, and nothing tells which is the latest; see `override --use`"),
        (intake.absent, "in the roster, but handed in nothing"),
    )
    for students, what in said:
        if students:
            names = ", ".join(name(student, 30) for student in students[:8])
            more = f" and {len(students) - 8} more" if len(students) > 8 else ""
            lines.append(f"{len(students)} {what}: {names}{more}")
    return lines


class BatchDisplay:
    """A progress bar for people; quiet where there is no terminal. The summary table comes at the end."""

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._tally = Tally()
        self._console = Console(highlight=False)
        self._found: list[str] = []
        self._progress = _bar(disable=not sys.stderr.isatty())

    def __enter__(self) -> BatchDisplay:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def watch(self, slots: Slots) -> None:
        """Where to ask how many suite processes run on which machine."""
        self._tally.slots = slots

    def start(self, total: int) -> None:
        """Say how many there are."""
        submissions = "1 submission" if total == 1 else f"{total} submissions"
        self._console.print(f"{self._assignment.title} ({submissions})", markup=False)
        for line in self._found:
            self._console.print(line, markup=False, soft_wrap=True)
        self._tally.start(total)
        self._task = self._progress.add_task("grading", total=total, last="")

    def note(self, line: str) -> None:
        """Say at once what staff should know, without a terminal, too."""
        Console(stderr=True, highlight=False).print(f"note: {text.safe(line)}", markup=False, soft_wrap=True)

    def intake(self, intake: Intake) -> None:
        """Say what was found, and what a person should know of it."""
        self._found = intake_lines(intake)

    def grade(self, grade: Grade, graded: Graded) -> None:
        """Advance the bar."""
        self._tally.grade(grade, graded)
        self._advance(grade.student)

    def skip(self, student: str) -> None:
        """Advance the bar past an unchanged submission."""
        self._tally.skip()
        self._advance(student)

    def _advance(self, student: str) -> None:
        last = f"{text.safe(self._tally.line())}  {text.safe(student)[:30]}".strip()
        self._progress.update(self._task, advance=1, last=last)

    def finish(self, outcomes: Outcomes, gradebook: Path) -> None:
        """The table, what needs a person, and where everything lies."""
        if outcomes.graded:
            self._console.print(text.render_summary(outcomes.graded))
        if outcomes.late:
            loses = "1 student loses" if outcomes.late == 1 else f"{outcomes.late} students lose"
            said = f"{loses} points for lateness: not in this table, but in `autograder status {self._assignment.id}`"
            self._console.print(said, markup=False, soft_wrap=True)
        if outcomes.skipped:
            self._console.print(f"{len(outcomes.graded)} graded, {outcomes.skipped} unchanged")
        for case, why in outcomes.broken.items():
            self._console.print(
                f"grader error: the reference does not pass {case}: {why}", style="bold red", markup=False
            )
        if outcomes.warning and outcomes.graded:
            self._console.print(f"Note: {outcomes.warning}.", style="yellow", markup=False)
        self._console.print(f"gradebook  {gradebook}", markup=False, soft_wrap=True)
        if outcomes.report is not None:
            self._console.print(f"report     {outcomes.report}", markup=False, soft_wrap=True)


class Bar:
    """A progress bar for people alone."""

    def __init__(self, bar: Progress, what: str) -> None:
        self._bar = bar
        self._what = what
        self._task: TaskID | None = None

    def start(self, total: int) -> None:
        """Say how many there are."""
        self._task = self._bar.add_task(self._what, total=total, last="")

    def advance(self, student: str) -> None:
        """One more is done."""
        if self._task is not None:
            self._bar.update(self._task, advance=1, last=text.safe(student)[:30])


@contextlib.contextmanager
def progress(what: str, *, quiet: bool = False) -> Iterator[Bar]:
    """A bar that goes away at the end; none where there is no terminal."""
    with _bar(disable=quiet or not sys.stderr.isatty()) as bar:
        yield Bar(bar, what)


def _bar(*, disable: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}", markup=False),
        console=Console(stderr=True),
        disable=disable,
        transient=True,
    )


class JsonLines:
    """One JSON line for each grade, one now and then on how far the batch is, and a last one.

    Args:
        stream: where to.
        every_s: seconds from one line on progress to the next, at least.
    """

    def __init__(self, stream: TextIO, *, every_s: float = PROGRESS_S) -> None:
        self._stream = stream
        self._tally = Tally()
        self._every_s = every_s
        self._told_at = time.monotonic()

    def __enter__(self) -> JsonLines:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def watch(self, slots: Slots) -> None:
        """Where to ask how many suite processes run on which machine."""
        self._tally.slots = slots

    def start(self, total: int) -> None:
        """Say how many there are."""
        self._tally.start(total)
        self._told_at = time.monotonic()
        self._write({"event": "start", "total": total})

    def note(self, line: str) -> None:
        """What staff should know."""
        self._write({"event": "note", "text": line})

    def intake(self, intake: Intake) -> None:
        """What was found, where there is something to tell."""
        if not intake_lines(intake):
            return
        self._write(
            {
                "event": "intake",
                "sources": intake.sources,
                "unmatched": intake.unmatched,
                "ambiguous": intake.ambiguous,
                "left_out": intake.left_out,
                "unordered": intake.unordered,
                "absent": intake.absent,
            }
        )

    def grade(self, grade: Grade, graded: Graded) -> None:
        """One grade."""
        self._tally.grade(grade, graded)
        self._write(
            {
                "event": "grade",
                "student": grade.student,
                "points": grade.points,
                "open_points": grade.open_points,
                "max_points": grade.max_points,
                "notes": list(grade.notes),
                "questions": [
                    {
                        "id": entry.question.id,
                        "points": entry.points,
                        "open_points": entry.open_points,
                        "max_points": entry.question.points,
                        "cases": [
                            {"name": case.name, "outcome": case.outcome.value, "message": case.feedback.message}
                            for case in entry.cases
                        ],
                    }
                    for entry in grade.questions
                ],
                "node": None if graded.node is None else graded.node.name,
                "seconds": round(graded.seconds, 3),
            }
        )
        self._tell()

    def skip(self, student: str) -> None:  # noqa: ARG002 - as `BatchDisplay` has it
        """No line: the last one counts those that are unchanged."""
        self._tally.skip()
        self._tell()

    def _tell(self) -> None:
        """How far it is, if that was not said lately."""
        if time.monotonic() >= self._told_at + self._every_s:
            self._told_at = time.monotonic()
            self._write(self._tally.event())

    def finish(self, outcomes: Outcomes, gradebook: Path) -> None:
        """The batch."""
        self._write(
            {
                "event": "end",
                "graded": len(outcomes.graded),
                "unchanged": outcomes.skipped,
                "late": outcomes.late,
                "broken": outcomes.broken,
                "gradebook": str(gradebook),
                "report": str(outcomes.report) if outcomes.report else None,
            }
        )

    def _write(self, line: dict[str, Any]) -> None:
        self._stream.write(json.dumps(line, ensure_ascii=True) + "\n")
        self._stream.flush()


def print_report(assignment: Assignment, grade: Grade) -> None:
    """One student's report, all of it: the reader is staff."""
    Console(highlight=False).print(text.render_student(assignment, grade, FeedbackLevel.FULL))

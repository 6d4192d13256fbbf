"""What verifying a lab came to, for a terminal and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from autograder.model import Assignment
from autograder.report.safe import safe
from autograder.verify.judge import QuestionReport, Worth
from autograder.verify.mechanical import Score

SLOWEST = 5


def render(assignment: Assignment, reports: Sequence[QuestionReport]) -> RenderableType:
    """A row for each question, everything that is wrong, and the slowest tests."""
    seeds = max((report.seeds for report in reports), default=0)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("question")
    for name in ("mutants killed", "equivalents right", "tests"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("wrong", justify="right", no_wrap=True)
    for report in reports:
        wrong = len(report.findings)
        table.add_row(
            Text(safe(f"{report.question.id} {report.question.title}")),
            _share(report.killed, report.mutants),
            _share(report.right, report.equivalents),
            str(len(report.tests)),
            Text(str(wrong) if wrong else "–", "bold red" if wrong else "dim"),
        )
    return Group(
        Text.assemble((safe(assignment.title), "bold"), f", {seeds} seed{'s' * (seeds != 1)}"),
        table,
        *_total(reports),
        *(Text(safe_line(str(finding)), "red") for report in reports for finding in report.findings),
        *_slowest(reports),
    )


def as_json(assignment: Assignment, reports: Sequence[QuestionReport], scores: Sequence[Score] = ()) -> dict[str, Any]:
    """The same for programs."""
    return {
        "assignment": assignment.id,
        "questions": [
            {
                "id": report.question.id,
                "title": report.question.title,
                **{name: getattr(report, name) for name in ("seeds", "mutants", "killed", "equivalents", "right")},
                "tests": msgspec.to_builtins(report.tests),
                "findings": [{"about": finding.about, "what": finding.what} for finding in report.findings],
            }
            for report in reports
        ],
        "mechanical": [
            {
                "id": score.question.id,
                **{name: getattr(score, name) for name in ("possible", "tried", "killed", "excused")},
                "survivors": [
                    {"line": change.line, "number": change.number, "change": str(change)} for change in score.survivors
                ],
            }
            for score in scores
        ],
    }


def render_scores(scores: Sequence[Score]) -> RenderableType:
    """How many changes by rule each question's tests notice, and those that they do not."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("changed by rule", "possible", "tried", "killed", "excused", "score"):
        table.add_column(name, justify="left" if name == "changed by rule" else "right", no_wrap=True)
    for score in scores:
        counts = (score.possible, score.tried, score.killed, score.excused)
        table.add_row(safe(score.question.id), *map(str, counts), f"{100 * score.rate:.0f} %")
    tried, excused = (sum(getattr(score, name) for score in scores) for name in ("tried", "excused"))
    killed = sum(score.killed for score in scores)
    said = f"noticed: {killed} of {tried - excused}" + (f", {excused} excused" if excused else "")
    survivors = [
        Text(safe_line(f"{score.question.id} line {change.number}: {change}    in: {change.line}"))
        for score in scores
        for change in score.survivors
    ]
    return Group(table, Text(said, "bold"), *survivors)


def slowest(reports: Sequence[QuestionReport], count: int = SLOWEST) -> list[tuple[QuestionReport, Worth]]:
    """The tests that take longest with the reference."""
    tests = [(report, test) for report in reports for test in report.tests]
    return sorted(tests, key=lambda entry: -entry[1].seconds)[:count]


def safe_line(text: str) -> str:
    """One line of a message, which may quote the output of a variant."""
    return safe(re.sub(r"\s*\n\s*", " ", text))


def _share(some: int, of: int) -> Text:
    return Text(f"{some}/{of}", "" if of and some == of else "bold red")


def _total(reports: Sequence[QuestionReport]) -> Iterator[RenderableType]:
    if len(reports) > 1:
        mutants, killed = sum(r.mutants for r in reports), sum(r.killed for r in reports)
        equivalents, right = sum(r.equivalents for r in reports), sum(r.right for r in reports)
        said = f"all: {killed} of {mutants} mutants killed, {right} of {equivalents} equivalents right"
        yield Text(said, "bold")


def _slowest(reports: Sequence[QuestionReport]) -> Iterator[RenderableType]:
    for report, test in slowest(reports):
        line = f"slowest  {test.seconds:7.3f} s  {report.question.id} {test.name.partition('::')[2]}"
        yield Text(safe_line(line), "dim", no_wrap=True, overflow="ellipsis")

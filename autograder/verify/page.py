"""What verifying a lab came to, as a page for the course's author."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from autograder.errors import AutograderError
from autograder.model import Assignment
from autograder.report.html import render
from autograder.verify.judge import QuestionReport
from autograder.verify.mechanical import Score


def suite_page(
    assignment: Assignment,
    reports: Sequence[QuestionReport],
    *,
    generated_at: datetime,
    scores: Sequence[Score] = (),
) -> str:
    """One HTML document without scripts.

    Args:
        assignment: the lab.
        reports: of its questions.
        generated_at: when; time-zone aware.
        scores: of changes by rule, where these were tried.
    """
    return render(
        "verify.html.j2",
        assignment=assignment,
        reports=reports,
        findings=[finding for report in reports for finding in report.findings],
        seeds=max((report.seeds for report in reports), default=0),
        scores={score.question.id: str(score) for score in scores},
        survivors=[(score, change) for score in scores for change in score.survivors],
        generated_at=generated_at,
        isolation="",
        **{
            name: sum(getattr(report, name) for report in reports)
            for name in ("mutants", "killed", "equivalents", "right")
        },
    )


def write_page(folder: Path, assignment: Assignment, page: str) -> Path:
    """Write a page as `folder/<assignment>.html`; its path.

    Raises:
        AutograderError: it cannot be written.
    """
    path = folder / f"{assignment.id}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise AutograderError(f"{path}: the page cannot be written: {problem.strerror}") from problem
    return path

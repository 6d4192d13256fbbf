"""The pages as strings: one for each student, one for the class. Self-contained: no fonts, no network.

Only the class page has a script, for sorting and filtering; its hash stands in the page's policy.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import statistics
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup, escape

from autograder.model import Assignment, FeedbackLevel, Grade, QuestionGrade, Visibility
from autograder.report import figures
from autograder.report.safe import excerpt, name, number, safe, safe_block, short
from autograder.report.strength import speeds, strengths

GENERATOR = "autograder"  # stands in each page's head: a page without it was made by somebody else

_LEVEL_NOTES = {
    FeedbackLevel.NAME: "Of hidden tests, this page shows only what they check and how they ended.",
    FeedbackLevel.HINT: "Of hidden tests, this page shows the kind of difference, but none of the values.",
    FeedbackLevel.FULL: "",
}


def student_page(
    assignment: Assignment, grade: Grade, level: FeedbackLevel, *, generated_at: datetime, isolation: str
) -> str:
    """One student's grade, with what to do next, as one HTML document.

    Args:
        assignment: the lab.
        grade: the student's.
        level: how much of hidden cases is shown.
        generated_at: when; time-zone aware.
        isolation: what was missing in walling in the student's code, one clause; empty if nothing was.
    """
    shown = figures.visible_grade(grade, level)
    hidden_failed = any(
        case.visibility is Visibility.HIDDEN and case.outcome.acts == "student" for case in figures.cases_of(shown)
    )
    return render(
        "student.html.j2",
        assignment=assignment,
        grade=shown,
        next_case=figures.next_case(shown),
        anchors=_anchors(shown),
        holders=figures.holders(shown),
        bonus=sum(entry.points for entry in grade.questions if entry.question.bonus),
        level_note=_LEVEL_NOTES[level] if hidden_failed else "",
        generated_at=generated_at,
        isolation=isolation,
    )


def class_page(
    assignment: Assignment,
    grades: Sequence[Grade],
    *,
    generated_at: datetime,
    isolation: str,
    absent: Sequence[str] = (),
    similar: Sequence[Any] = (),
) -> str:
    """Everybody's points and how each question and test went, as one HTML document for staff.

    Args:
        assignment: the lab.
        grades: one for each student; links lead to `page_name` in the folder `students`.
        generated_at: when; time-zone aware.
        isolation: what was missing in walling in students' code, one clause; empty if nothing was.
        absent: names of students who handed in nothing.
        similar: groups of similar submissions, each with `students`, `share` and `page` in the folder `similarity`.
    """
    faults, reruns = figures.held_back(grades)
    difficulties = figures.difficulties(grades)
    points = [grade.points for grade in grades]
    return render(
        "class.html.j2",
        assignment=assignment,
        grades=sorted(grades, key=lambda grade: (grade.student.casefold(), grade.student)),
        median=statistics.median(points) if points else None,
        mean=statistics.fmean(points) if points else None,
        open_count=sum(1 for grade in grades if not grade.settled or grade.open_points),
        bins=figures.histogram(grades, assignment.max_points),
        shares=[(question, figures.question_share(question, grades)) for question in assignment.questions],
        hard=[entry for entry in difficulties if entry.rate < 1],
        easy=[entry for entry in difficulties if entry.rate == 1],
        misconceptions=figures.misconceptions(grades),
        slowest=figures.slowest(grades),
        faults=faults,
        reruns=reruns,
        strengths=strengths(grades),
        speeds=speeds(grades),
        absent=absent,
        similar=similar,
        script=Markup(_script()),  # noqa: S704 - our own, and its hash stands in the page's policy
        script_hash=Markup(script_hash(_script())),  # noqa: S704 - base64
        generated_at=generated_at,
        isolation=isolation,
    )


def page_name(student: str) -> str:
    """A file name for a student's page: safe on every file system, and a different one for each name.

    The letters are for people, the digest keeps names apart.
    """
    plain = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode().lower()
    letters = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:20]
    return f"{letters or 'student'}-{digest}.html"


@functools.cache
def _script() -> str:
    return (resources.files("autograder.report") / "templates" / "class.js").read_text(encoding="utf-8")


def script_hash(script: str) -> str:
    """How a page's policy names the one script that may run."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def kinds(grade: Grade) -> str:
    """What the class page's filter can ask for, in words."""
    found = {
        "held": grade.held_back or not grade.settled,
        "late": grade.deductions,
        "hand": grade.mark is not None or any(entry.mark is not None for entry in grade.questions),
        "low": grade.points < grade.max_points / 2,
    }
    return " ".join(kind for kind, holds in found.items() if holds)


def render(template: str, **values: Any) -> str:
    """A page from one of the package's templates; every text in it is made safe and escaped."""
    return _environment().get_template(template).render(**values)


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(
        date=_date,
        excerpt=excerpt,
        line=safe,
        name=name,
        number=number,
        page_name=page_name,
        prose=_prose,
        short=short,
    )
    environment.globals.update(
        words=figures.WORDS,
        by_hand=figures.by_hand,
        set_by_staff=figures.set_by_staff,
        raised=figures.raised,
        measured=figures.measured,
        diagnosis=figures.diagnosis,
        remarks=figures.remarks,
        generator=GENERATOR,
        share_width=_share_width,
        kinds=kinds,
        by_question=_by_question,
    )
    return environment


def _finalize(value: Any) -> Any:
    """Every text that a template prints comes through here, so that none can forget to make it safe."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return safe_block(value)


def _prose(text: str) -> Markup:
    """With `names in backticks` set as code."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(safe_block(text)))))  # noqa: S704 - escaped


def _date(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M %Z}"


def _share_width(share: float) -> str:
    """Per cent as an SVG length."""
    return f"{100 * min(1.0, max(0.0, share)):.4g}"


def _by_question(grade: Grade) -> dict[str, QuestionGrade]:
    return {entry.question.id: entry for entry in grade.questions}


def _anchors(grade: Grade) -> dict[tuple[str, str], str]:
    """Where each case stands on the student's page."""
    return {
        (case.question, case.name): f"q{row}-{column}"
        for row, entry in enumerate(grade.questions, 1)
        for column, case in enumerate(entry.cases, 1)
    }

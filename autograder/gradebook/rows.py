"""The model's values as columns, and back. Texts of students' making may hold anything, even what is not Unicode."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from autograder.model import (
    Assignment,
    CaseResult,
    Feedback,
    Grade,
    Limits,
    Outcome,
    Question,
    QuestionGrade,
    Visibility,
)
from autograder.rules import Mark
from autograder.speed_rules import SpeedResult

MAX_TEXT = 1 << 16  # characters kept of each text of a feedback: a submission may print a megabyte in every test


class RecordedGrade(msgspec.Struct, frozen=True):
    """A grade as it stands in the gradebook, with what is needed to reproduce and explain it."""

    grade: Grade
    submission_digest: str
    suite_digest: str
    profile: str
    ordinal: int  # 1 for the first attempt with these digests and this profile
    graded_at: datetime  # UTC
    seed: int
    versions: dict[str, str]
    isolation: dict[str, Any]
    seconds: float  # wall clock
    attempt_id: int = 0
    named: bool = True  # False: the name was erased
    submitted_at: datetime | None = None  # UTC; None: not known
    source: str = ""  # "canvas", "regrade", ...; empty: a folder or archive
    question_digests: dict[str, str] = {}  # by question: what judged it; none of grades from before this was noted
    marks: tuple[Mark, ...] = ()  # those that hold now


def is_settled(grade: Grade) -> bool:
    """Whether nothing of it waits for another run, or for staff to mend a fault."""
    return grade.settled and not grade.held_back


def question_row(
    attempt_id: int, position: int, entry: QuestionGrade, digest: str | None = None, ran_in: int | None = None
) -> tuple[Any, ...]:
    """Columns of `question_result`."""
    question = entry.question
    points = (entry.points, entry.open_points, question.points)
    return (attempt_id, position, question.id, question.title, *points, question.bonus, digest, ran_in)


def case_row(attempt_id: int, position: int, question_id: str, case: CaseResult) -> tuple[Any, ...]:
    """Columns of `case_result`."""
    feedback = to_json(_cut_feedback(case.feedback))
    described = (case.name, case.title, case.visibility.value, case.outcome.value)
    speed = None if case.speed is None else to_json(case.speed)
    return (attempt_id, position, question_id, *described, case.weight, case.seconds, feedback, speed)


def recorded_grade(
    row: sqlite3.Row,
    assignment: Assignment,
    questions: Sequence[sqlite3.Row],
    cases: Iterable[sqlite3.Row],
    marks: Iterable[Mark] = (),
) -> RecordedGrade:
    """A grade from its row in `attempt` (with `name`) and those of its questions and cases, in order."""
    by_question: dict[str, list[CaseResult]] = {}
    for case in cases:
        by_question.setdefault(case["question_id"], []).append(_case(case))
    grade = Grade(
        student=f"erased {row['student_id'][:12]}" if row["name"] is None else name_from_column(row["name"]),
        questions=tuple(
            QuestionGrade(
                _question(question, assignment),
                question["points"],
                question["open_points"],
                tuple(by_question.get(question["question_id"], ())),
            )
            for question in questions
        ),
        points=row["points"],
        open_points=row["open_points"],
        max_points=row["max_points"],
        notes=tuple(json.loads(row["notes"])),
    )
    return RecordedGrade(
        grade=grade,
        submission_digest=row["submission_digest"],
        suite_digest=row["suite_digest"],
        profile=row["profile"],
        ordinal=row["ordinal"],
        graded_at=datetime.fromisoformat(row["graded_at"]),
        seed=int(row["seed"]),
        versions=json.loads(row["versions"]),
        isolation=json.loads(row["isolation"]),
        seconds=row["seconds"],
        attempt_id=row["id"],
        named=row["name"] is not None,
        submitted_at=None if row["submitted_at"] is None else datetime.fromisoformat(row["submitted_at"]),
        source=row["source"] or "",
        question_digests={q["question_id"]: q["suite_digest"] for q in questions if q["suite_digest"] is not None},
        marks=tuple(marks),
    )


def mark_columns(mark: Mark) -> tuple[str, str, str, str, str]:
    """Columns of `mark` from `kind` to `why`."""
    value = msgspec.to_builtins(mark)
    for name in ("kind", "question", "who", "why", "made_at"):
        value.pop(name, None)
    return (mark.kind.value, mark.question, to_json(value), mark.who, mark.why)


def mark_from(row: sqlite3.Row) -> Mark:
    """A mark from its row."""
    named = {"kind": row["kind"], "question": row["question_id"], "who": row["who"], "why": row["why"]}
    return msgspec.convert({**json.loads(row["value"]), **named, "made_at": row["made_at"]}, Mark)


def to_json(value: Any) -> str:
    """As JSON in ASCII: NUL and halves of surrogate pairs are escaped, which neither UTF-8 nor msgspec would do."""
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=True, separators=(",", ":"))


def name_to_column(name: str) -> str:
    """A name as text that SQLite can hold; no two names give the same."""
    return name.replace("\\", "\\\\").encode("utf-8", "backslashreplace").decode("utf-8")


def name_from_column(stored: str) -> str:
    """The name behind `name_to_column`."""
    return re.sub(r"\\(?:\\|u([0-9a-f]{4}))", lambda found: chr(int(found[1], 16)) if found[1] else "\\", stored)


def cut(text: str) -> str:
    """The beginning and the end of a text longer than `MAX_TEXT` characters."""
    if len(text) <= MAX_TEXT:
        return text
    half = MAX_TEXT // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters left out]\n{text[-half:]}"


def _cut_feedback(feedback: Feedback) -> Feedback:
    texts = ("message", "detail", "hint", "error", "output")
    if all(len(getattr(feedback, name)) <= MAX_TEXT for name in texts):
        return feedback
    return msgspec.structs.replace(feedback, **{name: cut(getattr(feedback, name)) for name in texts})


def _case(row: sqlite3.Row) -> CaseResult:
    return CaseResult(
        question=row["question_id"],
        name=row["name"],
        title=row["title"],
        visibility=Visibility(row["visibility"]),
        outcome=Outcome(row["outcome"]),
        weight=row["weight"],
        seconds=row["seconds"],
        feedback=msgspec.convert(json.loads(row["feedback"]), Feedback),
        speed=None if row["speed"] is None else msgspec.convert(json.loads(row["speed"]), SpeedResult),
    )


def _question(row: sqlite3.Row, assignment: Assignment) -> Question:
    """As it was when graded; file and limits are the assignment's of today, where it still has the question."""
    try:
        today = assignment.question(row["question_id"])
    except KeyError:
        today = Question(row["question_id"], "", 0.0, "", Limits())
    return msgspec.structs.replace(today, title=row["title"], points=row["max_points"], bonus=bool(row["bonus"]))

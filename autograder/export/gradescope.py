"""Gradescope's `results.json`.

The format: https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format. A test with the visibility
`hidden` would hide the student's total as well, so every test is `visible` and its text is what the assignment lets
students see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograder.export.wording import case_text, case_title, grade_text
from autograder.model import FeedbackLevel, Grade, Outcome, Question, QuestionGrade
from autograder.report.figures import by_hand, visible_grade
from autograder.report.safe import safe, safe_block
from autograder.scoring import case_points
from autograder.speed_rules import SpeedResult

_STATUS = {Outcome.PASSED: "passed", Outcome.SKIPPED: None, Outcome.PENDING: None, Outcome.AMBIGUOUS: None}


def gradescope_results(grade: Grade, level: FeedbackLevel, *, seconds: float | None = None) -> dict[str, Any]:
    """One grade as the object that `results.json` holds.

    Args:
        grade: the student's.
        level: how much of hidden cases is shown.
        seconds: wall clock of grading, shown to staff.

    Returns: `score` is the grade's points, which Gradescope takes rather than the sum of the tests. A case whose points
    are not known yet has no `score` and no `status`.
    """
    tests = []
    for entry in visible_grade(grade, level).questions:
        if said := by_hand(entry):
            tests.append(_given(entry, said))
        for case, points, most in case_points(entry):
            test: dict[str, Any] = {
                "name": f"{safe(entry.question.id)} {case_title(case)}",
                "name_format": "text",
                "number": entry.question.id,
                "output": case_text(case),
                "output_format": "text",
                "visibility": "visible",
            }
            status = _STATUS.get(case.outcome, "failed") if case.outcome.known else None
            if entry.by_hand:
                pass  # these tests only inform
            elif status is not None:
                test |= {"status": status, "score": points, "max_score": most}
            elif case.outcome is not Outcome.SKIPPED:
                test["max_score"] = most
            tests.append(test)
    results: dict[str, Any] = {
        "score": grade.points,
        "output": grade_text(grade),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"max_points": grade.max_points, "open_points": grade.open_points},
    }
    if seconds is not None:
        results["execution_time"] = round(seconds, 3)
    if measured := [entry for entry in map(_speed, grade.questions) if entry is not None]:
        results["leaderboard"] = leaderboard(measured)
    return results


def leaderboard(speeds: Sequence[tuple[Question, SpeedResult]]) -> list[dict[str, Any]]:
    """A column for each question, of times as ratios to the reference's; who takes the least leads."""
    return [
        {
            "name": f"{safe(question.id)} {safe(question.title)}, time (reference: 1)",
            "value": round(speed.ratio, 3),
            "order": "asc",
        }
        for question, speed in speeds
    ]


def _speed(entry: QuestionGrade) -> tuple[Question, SpeedResult] | None:
    """What a question's speed check has measured."""
    speeds = [case.speed for case in entry.cases if case.speed is not None]
    return (entry.question, speeds[-1]) if speeds else None


def _given(entry: QuestionGrade, said: str) -> dict[str, Any]:
    """Points that a person gives, as a test of their own."""
    test: dict[str, Any] = {
        "name": f"{safe(entry.question.id)} {safe(entry.question.title)}",
        "name_format": "text",
        "number": entry.question.id,
        "output": safe_block(said),
        "output_format": "text",
        "visibility": "visible",
        "max_score": entry.question.points,
    }
    return test if entry.mark is None else {**test, "score": entry.points}

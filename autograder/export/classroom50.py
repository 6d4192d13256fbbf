"""Classroom 50's `result.json`, schema `classroom50/result/v1`: scores are whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import msgspec

from autograder.model import Grade
from autograder.report.safe import safe

SCHEMA = "classroom50/result/v1"


class Run(msgspec.Struct, frozen=True):
    """Which hand-in the result is for, as Classroom 50 calls it; addresses may be empty."""

    classroom: str = ""
    assignment: str = ""
    submission: str = ""
    commit: str = ""
    release: str = ""
    review: str = ""


def classroom50_result(grade: Grade, run: Run, *, now: datetime) -> dict[str, Any]:
    """One grade as the object that `result.json` holds: a test for each question.

    Questions' points are rounded so that they add up to the rounded total (largest remainders first); a bonus question
    adds to the score and not to the maximum.

    Args:
        grade: the student's.
        run: which hand-in.
        now: when; time-zone aware.
    """
    entries = grade.questions
    most = [0.0 if entry.question.bonus else entry.question.points for entry in entries]
    scores, bounds = whole([entry.points for entry in entries]), whole(most)
    score = round(Fraction(grade.points))
    return {
        "schema": SCHEMA,
        **msgspec.structs.asdict(run),
        "datetime": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "score": score,
        "max-score": sum(bounds),
        "tests": [
            {
                "test-name": f"{safe(entry.question.id)} {safe(entry.question.title)}",
                "passed": not entry.open_points and entry.points >= entry.question.points,
                "score": points,
                "max-score": bound,
            }
            for entry, points, bound in zip(entries, scores, bounds, strict=True)
        ],
    }


def whole(parts: Sequence[float]) -> list[int]:
    """Whole numbers near `parts` whose sum is the rounded sum of `parts`, by largest remainders."""
    exact = [Fraction(part) for part in parts]
    floors = [part.__floor__() for part in exact]
    missing = round(sum(exact, Fraction())) - sum(floors)
    by_remainder = sorted(range(len(exact)), key=lambda index: (floors[index] - exact[index], index))
    for index in by_remainder[:missing]:
        floors[index] += 1
    return floors

"""What runs in Gradescope's container: `python -m autograder.interop.container /autograder`.

It grades the one submission there, as everywhere else, times what has a speed check for a leaderboard, and writes
`results/results.json`. Where the grader is at fault there is no results.json: Gradescope then says that the autograder
failed, which is no zero.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from autograder.archive import Entry, read_submission
from autograder.batch import LocalExecutor
from autograder.course import Course, load_assignment, load_course
from autograder.errors import AutograderError, GraderFault, HostError
from autograder.export.gradescope import gradescope_results, leaderboard
from autograder.grading import make_plan, to_grade
from autograder.model import Assignment, Grade, Outcome, Question, Submission
from autograder.scoring import score
from autograder.speed.cases import waiting, with_speed
from autograder.speed.driver import Timer
from autograder.speed.verdict import Setup
from autograder.speed_rules import SpeedResult
from autograder.worker.isolation import Isolation, isolation

ORDER = ("limits", "restricted", "full")  # grades of isolation, from the least on


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """What the zip says."""

    lab: str
    sandbox: str  # the least grade of isolation that is accepted


def run(root: Path) -> dict[str, Any]:
    """Grade what lies in `root`, laid out as Gradescope's /autograder; what results.json holds.

    Raises:
        HostError: student code would be walled in less than the zip accepts.
        GraderFault: the grader failed.
    """
    settings = msgspec.json.decode((root / "source" / "autograder.json").read_bytes(), type=Settings)
    held = isolation()
    require(held, settings.sandbox)
    course = load_course(root / "source" / "course" / "assignments")
    assignment = load_assignment(course, settings.lab)
    started = time.monotonic()
    submission = read_submission(Entry(_student(root), root / "submission"), assignment)
    plan = make_plan(course, assignment, assignment.seed, held.grade)
    with contextlib.closing(LocalExecutor(1).run(plan, [submission])) as graded:  # type: ignore[type-var]
        grade = to_grade(assignment, next(graded))
    refuse_faults(grade)
    level = assignment.feedback_level(datetime.now(UTC))
    results = gradescope_results(grade, level, seconds=time.monotonic() - started)
    results["output"] += f"\n{isolation_note(held)}"
    results["extra_data"]["isolation"] = msgspec.to_builtins(held)
    if speeds := measure(course, assignment, submission, grade, held):
        results["leaderboard"] = leaderboard(speeds)
        results["execution_time"] = round(time.monotonic() - started, 3)
    return results


def measure(
    course: Course, assignment: Assignment, submission: Submission, grade: Grade, held: Isolation
) -> list[tuple[Question, SpeedResult]]:
    """The speed of the questions that have a check and pass every test: for the leaderboard, not for points.

    A container with a share of a core is often too noisy; then there is nothing to rank.
    """
    timed = score(assignment, grade.student, with_speed(assignment, [c for q in grade.questions for c in q.cases]))
    found = []
    with Timer(Setup(str(course.folder), assignment.id, str(held.grade))) as timer:
        for question_id in waiting(timed):
            verdict = timer.check(submission, question_id, final=True)
            if verdict.speed is not None:
                found.append((assignment.question(question_id), verdict.speed))
    return found


def require(held: Isolation, least: str) -> None:
    """Refuse to run student code that is walled in less than `least`.

    Raises:
        HostError: it would be.
    """
    if ORDER.index(held.grade) < ORDER.index(least):
        reasons = "; ".join(f"not {grade}: {reason}" for grade, reason in held.reasons.items())
        raise HostError(
            f'this container gives "{held.grade}", and this zip accepts no less than "{least}" ({reasons}); '
            f"`autograder release --to gradescope --sandbox {held.grade}` makes one that accepts it"
        )


def isolation_note(held: Isolation) -> str:
    """How student code was walled in, for whoever reads the result."""
    missing = f"; missing: {', '.join(held.missing)}" if held.missing else ""
    return f"Student code ran with isolation grade {held.grade} ({', '.join(held.held)}{missing})."


def refuse_faults(grade: Grade) -> None:
    """Give no points where some are open by the grader's fault.

    Raises:
        GraderFault: naming the first such test.
    """
    for entry in grade.questions:
        for case in entry.cases:
            if case.outcome is Outcome.GRADER_ERROR:
                said = " ".join(filter(None, (case.feedback.message, case.feedback.detail)))
                raise GraderFault(f"{case.name}: {said}")
    if grade.open_points and not any(entry.cases for entry in grade.questions):
        raise GraderFault(" ".join(grade.notes) or "no test was run")


def _student(root: Path) -> str:
    """Who handed in, as Gradescope's submission_metadata.json says; a name of no importance if it does not."""
    try:
        metadata = json.loads((root / "submission_metadata.json").read_bytes())
        return str(metadata["users"][0]["email"])
    except (OSError, ValueError, LookupError, TypeError):
        return "submission"


def main() -> None:
    """Grade and write; a problem is one line on standard output, where Gradescope shows it to staff."""
    root = Path(sys.argv[1]).resolve()
    try:
        results = run(root)
    except AutograderError as problem:
        print(f"autograder: {problem}")
        sys.exit(problem.exit_code)
    (root / "results").mkdir(exist_ok=True)
    (root / "results" / "results.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()

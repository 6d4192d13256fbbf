"""What runs for Classroom 50: `python -m autograder.interop.checkout TESTS CHECKOUT` writes result.json.

It exits with 0 whatever the student's points are; anything else is a failure of the grader's.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from autograder.archive import Entry, read_submission
from autograder.course import load_released
from autograder.errors import AutograderError
from autograder.export.classroom50 import Run, classroom50_result
from autograder.export.wording import case_text, case_title
from autograder.interop.container import refuse_faults
from autograder.model import Grade, Visibility
from autograder.remote.workers import ProcessWorkers
from autograder.report.figures import WORDS
from autograder.report.safe import number
from autograder.scoring import score
from autograder.suite import Suite, with_suite
from autograder.worker.isolation import isolation


def grade(tests: Path, checkout: Path) -> Grade:
    """The public tests on what lies in a checkout.

    Raises:
        AutograderError: the tests cannot be run.
    """
    assignment = load_released(tests)
    submission = read_submission(Entry(checkout.name, checkout), assignment)

    def run(suite: Suite) -> Grade:
        suite.proven = frozenset(case.name for case in suite.cases)  # by the reference, when this was released
        notes = (*submission.notes, submission.problem) if submission.problem else submission.notes
        return score(assignment, submission.student, list(suite.run(submission)), notes)

    workers = ProcessWorkers(assignment, isolation().grade)
    with contextlib.closing(workers):
        return with_suite(assignment, workers, run, visibilities=(Visibility.PUBLIC,))


def markdown(found: Grade) -> str:
    """What the release page says: the tests that did not pass."""
    lines = [f"### {number(found.points)} of {number(found.max_points)} points in the public tests", ""]
    for entry in found.questions:
        lines.append(
            f"- {entry.question.id} {entry.question.title}: {number(entry.points)}/{number(entry.question.points)}"
        )
        for case in entry.cases:
            if case.outcome.acts == "student":
                text = "\n".join(f"      {line}" for line in (case_text(case) or WORDS[case.outcome].word).splitlines())
                lines.append(f"  - {case_title(case)}\n\n{text}\n")
    return "\n".join([*lines, "", *(f"note: {note}" for note in found.notes), ""])


def run_of(environment: Mapping[str, str]) -> Run:
    """Which hand-in it is, as Classroom 50's runner says in the environment."""
    return Run(
        classroom=environment.get("CLASSROOM", ""),
        assignment=environment.get("ASSIGNMENT", ""),
        submission=environment.get("SUBMISSION_TAG", ""),
        commit=environment.get("COMMIT_URL", ""),
        release=environment.get("RELEASE_URL", ""),
        review=environment.get("REVIEW_URL", "") or environment.get("COMMIT_URL", ""),
    )


def main() -> None:
    """Grade, and write result.json and release-body.md into the checkout."""
    tests, checkout = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        found = grade(tests, checkout)
        refuse_faults(found)
    except AutograderError as problem:
        sys.exit(f"autograder: {problem}")
    result = classroom50_result(found, run_of(os.environ), now=datetime.now(UTC))
    (checkout / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    (checkout / "release-body.md").write_text(markdown(found), encoding="utf-8")


if __name__ == "__main__":
    main()

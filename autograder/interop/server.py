"""The process beside a notebook's kernel: `python -m autograder.interop.server FOLDER`.

It holds the suite, and runs the notebook's cells in workers, as grading does: a student's code meets the same limits
and earns the same points, whichever platform asks. Requests and answers are lines of JSON on standard input and output.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from autograder.course import load_released
from autograder.errors import AutograderError
from autograder.export.wording import case_text, case_title
from autograder.model import Assignment, CaseResult, Outcome, Submission, Visibility
from autograder.notebook.history import plain_cells
from autograder.remote.workers import PlainWorkers, ProcessWorkers, can_fork
from autograder.report import figures
from autograder.scoring import case_points, score, visible
from autograder.suite import Suite, with_suite
from autograder.worker.isolation import isolation
from autograder.worker.layers import watchdog


def serve(suite: Suite, requests: TextIO, answers: TextIO) -> None:
    """Answer until there are no more requests."""
    suite.proven = frozenset(case.name for case in suite.cases)  # by the reference, when this was released
    for line in requests:
        request = json.loads(line)
        own = suite.assignment.files  # the cells stand in for these
        files = {name: text.encode() for name, text in request["files"].items() if name not in own}
        submission = Submission("you", files, plain_cells(request["cells"]))
        cases = list(suite.run(submission, questions=[request["question"]]))
        print(json.dumps(answer(suite.assignment, request["question"], cases)), file=answers, flush=True)


def answer(assignment: Assignment, question: str, cases: Sequence[CaseResult]) -> dict[str, Any]:
    """What the kernel is told: points as grading gives them, and each case in words that the student may see."""
    level = assignment.feedback_level(datetime.now(UTC))
    grade = next(entry for entry in score(assignment, "", cases).questions if entry.question.id == question)
    counted = case_points(grade)
    shown = [(visible(case, level), points, most) for case, points, most in counted]
    return {
        "points": grade.points,
        "open_points": grade.open_points if cases else 0.0,
        "max_points": grade.question.points,
        "cases": [
            {
                "name": case.name,
                "title": case_title(case),
                "outcome": case.outcome,
                "word": figures.WORDS[case.outcome].word,
                "passed": case.outcome in (Outcome.PASSED, Outcome.SKIPPED),
                "points": points,
                "max_points": most,
                "text": case_text(case),
            }
            for case, points, most in shown
        ],
    }


def main() -> None:
    """Collect the suite of a folder, and serve."""
    if sys.platform == "linux":
        watchdog.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the kernel's; it ends this process when it wants to
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what tests print is nobody's business
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    try:
        assignment = load_released(folder)
        kinds = [kind for kind in Visibility if (folder / "tests" / kind).is_dir()]
        workers = ProcessWorkers(assignment, isolation().grade) if can_fork() else PlainWorkers(assignment)
        with contextlib.closing(workers):
            with_suite(assignment, workers, lambda suite: serve(suite, sys.stdin, answers), visibilities=kinds)
    except AutograderError as problem:
        sys.exit(f"autograder: {problem}")


if __name__ == "__main__":
    main()

"""Speed checks on the command line: those of a batch, a student's own, and an author's table."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.exits import NEEDS_A_PERSON
from autograder.cli.options import chosen_sandbox, course_option, load_course, sandbox_options

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.model import Assignment, Grade
    from autograder.worker.isolation import Isolation


def run_speed_checks(
    course: Course,
    assignment: Assignment,
    gradebook: Path,
    held: Isolation,
    reports: Path,
    *,
    students: Collection[str] | None = None,
    as_json: bool,
) -> list[Grade]:
    """Work off the speed queue, show it, and give the grades that it completed.

    With `students`, those of a batch that was just graded, and also what had no speed check before; otherwise all that
    wait, and the exit code tells whether any still do.
    """
    from autograder.terminal.speed import JsonSpeed, SpeedDisplay
    from autograder.timing import time_pending

    display = JsonSpeed(sys.stdout) if as_json else SpeedDisplay()
    with display:
        timed = time_pending(
            course,
            assignment.id,
            gradebook=gradebook,
            held=held,
            students=students,
            add=students is not None,
            reports=reports,
            on_wait=display.wait,
            on_start=display.start,
            on_check=display.check,
        )
    display.finish(timed, alone=students is None)
    left = {grade.student: grade for grade in timed.graded}.values()
    if students is None and (timed.lost or timed.stale or any(not grade.settled for grade in left)):
        sys.exit(NEEDS_A_PERSON)
    return list(left)


@click.command("speed")
@click.argument("lab")
@click.argument("questions", nargs=-1)
@course_option
@sandbox_options
def speed_table(
    lab: str, questions: tuple[str, ...], course_folder: Path | None, sandbox: str | None, unsafe: bool
) -> None:
    """Measure LAB's known right variants against its reference, for authors: does the curve tell them apart?

    For each question with a speed check (or the QUESTIONS named): the reference against itself and against its
    yardstick, each variant's ratio with its interval, and the points that it would earn.
    """
    from autograder.worker.interpreter import be_steady

    be_steady()
    from autograder.course import load_assignment
    from autograder.speed.table import rows
    from autograder.terminal.speed import print_rows
    from autograder.worker import gpus

    assignment = load_assignment(load_course(course_folder), lab)
    held = chosen_sandbox(sandbox, unsafe=unsafe)
    wanted = [question for question in assignment.questions if question.speed is not None]
    unknown = set(questions) - {question.id for question in wanted}
    if unknown:
        known = ", ".join(question.id for question in wanted) or "none"
        raise click.UsageError(f"no speed check of {', '.join(sorted(unknown))}; there are: {known}")
    picked = [question.id for question in wanted if not questions or question.id in questions]
    on_gpu = any(question.speed is not None and question.speed.needs_gpu for question in wanted)
    print_rows(rows(assignment, picked, held.grade, gpu=gpus.find() if on_gpu else None))

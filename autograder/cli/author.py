"""Commands for those who write a course."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.exits import NEEDS_A_PERSON
from autograder.cli.options import course_option, jobs_option, load_course, unsafe_option
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.model import Assignment


@click.command()
@click.argument("lab", required=False)
@course_option
@click.option("--question", "-q", "questions", multiple=True, help="Only this one; may be given several times.")
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True, help="How many seeds to try.")
@click.option("--first-seed", type=int, help="The first of them (default: the assignment's).")
@jobs_option
@click.option(
    "--save", type=click.Path(path_type=Path, file_okay=False), help="Folder for a page for each lab, <lab>.html."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each lab on standard output, nothing else.")
@unsafe_option
def verify(
    lab: str | None,
    course_folder: Path | None,
    questions: tuple[str, ...],
    seeds: int,
    first_seed: int | None,
    jobs: int | None,
    save: Path | None,
    as_json: bool,
    unsafe: bool,
) -> None:
    """Put the suite of LAB to the test, or those of all labs.

    The reference, the stubs, every mutant and every equivalent are graded as submissions are. Mutants must lose points
    in the test that is named for them, equivalents must earn everything, stubs nothing, and every test must fail a
    mutant, all of it under every seed. Exit code 1 if anything is wrong.
    """
    from autograder.course import load_assignment

    course = load_course(course_folder)
    labs = [load_assignment(course, name) for name in ((lab,) if lab else course.assignments)]
    wrong = 0
    for assignment in labs:
        chosen = _chosen(assignment, questions, anywhere=len(labs) > 1)
        if not chosen:
            continue
        first = assignment.seed if first_seed is None else first_seed
        wrong += _verify(course, assignment, chosen, range(first, first + seeds), jobs, save, as_json, unsafe)
    if wrong:
        sys.exit(NEEDS_A_PERSON)


def _chosen(assignment: Assignment, questions: tuple[str, ...], *, anywhere: bool) -> list[str]:
    """The ids of the questions to try, all if none are named."""
    ids = [question.id for question in assignment.questions]
    unknown = [name for name in questions if name not in ids]
    if unknown and not anywhere:
        raise AutograderError(f"{assignment.id} has no question {unknown[0]!r}; it has {', '.join(ids)}")
    return [name for name in ids if not questions or name in questions]


def _verify(
    course: Course,
    assignment: Assignment,
    questions: list[str],
    seeds: range,
    jobs: int | None,
    save: Path | None,
    as_json: bool,
    unsafe: bool,
) -> int:
    """How many things are wrong with one lab's suite."""
    from datetime import UTC, datetime

    from rich.console import Console

    from autograder.batch import LocalExecutor
    from autograder.terminal.progress import bar
    from autograder.verify import judge, run_trials, variants_of
    from autograder.verify.page import suite_page, write_page
    from autograder.verify.table import as_json as to_json
    from autograder.verify.table import render
    from autograder.worker.isolation import require_sandbox
    from autograder.worker.messages import Grade as Sandbox

    sandbox = Sandbox.LIMITS if unsafe else require_sandbox().grade
    variants = variants_of(assignment, questions)
    with bar(assignment.id, len(variants) * len(seeds)) as advance:
        trials = list(
            run_trials(
                course,
                assignment,
                variants,
                seeds,
                LocalExecutor(jobs),
                sandbox=sandbox,
                on_trial=lambda trial: advance(trial.variant.label),
            )
        )
    reports = judge(assignment, trials)
    if as_json:
        click.echo(json.dumps(to_json(assignment, reports)))
    else:
        Console(highlight=False).print(render(assignment, reports))
    if save is not None:
        page = write_page(save, assignment, suite_page(assignment, reports, generated_at=datetime.now(UTC)))
        if not as_json:
            click.echo(f"page  {page}")
    return sum(len(report.findings) for report in reports)

"""Commands for those who write a course."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.exits import NEEDS_A_PERSON
from autograder.cli.options import chosen_sandbox, course_option, jobs_option, load_course, sandbox_options
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.model import Assignment
    from autograder.speed.table import Row
    from autograder.verify import QuestionReport
    from autograder.verify.mechanical import Score


@click.command()
@click.argument("lab", required=False)
@course_option
@click.option("--question", "-q", "questions", multiple=True, help="Only this one; may be given several times.")
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True, help="How many seeds to try.")
@click.option("--first-seed", type=int, help="The first of them (default: the assignment's).")
@jobs_option
@click.option("--mechanical", is_flag=True, help="Also change each reference by rule, and see what no test notices.")
@click.option("--speed", is_flag=True, help="Also race each equivalent against the reference, see `autograder speed`.")
@click.option("--limit", type=click.IntRange(1), help="How many of these changes to try for a question (default: all).")
@click.option(
    "--save", type=click.Path(path_type=Path, file_okay=False), help="Folder for a page for each lab, <lab>.html."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each lab on standard output, nothing else.")
@sandbox_options
def verify(
    lab: str | None,
    course_folder: Path | None,
    questions: tuple[str, ...],
    seeds: int,
    first_seed: int | None,
    jobs: int | None,
    mechanical: bool,
    speed: bool,
    limit: int | None,
    save: Path | None,
    as_json: bool,
    sandbox: str | None,
    unsafe: bool,
) -> None:
    """Put the suite of LAB to the test, or those of all labs.

    The reference, the stubs, every mutant and every equivalent are graded as submissions are. Mutants must lose points
    in the test that is named for them, equivalents must earn everything, stubs nothing, all of it under every seed, and
    every test must fail a mutant. Under seeds after the first, only the test that is named for it runs on a mutant.
    Exit code 1 if anything is wrong.
    """
    from autograder.course import load_assignment

    course = load_course(course_folder)
    labs = [load_assignment(course, name) for name in ((lab,) if lab else course.assignments)]
    grade = chosen_sandbox(sandbox, unsafe=unsafe).grade
    wrong = 0
    for assignment in labs:
        chosen = _chosen(assignment, questions, anywhere=len(labs) > 1)
        if not chosen:
            continue
        first = assignment.seed if first_seed is None else first_seed
        reports = _reports(course, assignment, chosen, range(first, first + seeds), jobs, grade)
        scores = _scores(assignment, chosen, limit, first, grade) if mechanical else []
        timed = [q.id for q in assignment.questions if speed and q.speed is not None and q.id in chosen]
        _show(assignment, reports, scores, save, as_json=as_json, ratios=_ratios(assignment, timed, grade))
        wrong += sum(len(report.findings) for report in reports)
    if wrong:
        sys.exit(NEEDS_A_PERSON)


def _chosen(assignment: Assignment, questions: tuple[str, ...], *, anywhere: bool) -> list[str]:
    """The ids of the questions to try, all if none are named."""
    ids = [question.id for question in assignment.questions]
    unknown = [name for name in questions if name not in ids]
    if unknown and not anywhere:
        raise AutograderError(f"{assignment.id} has no question {unknown[0]!r}; it has {', '.join(ids)}")
    return [name for name in ids if not questions or name in questions]


def _reports(
    course: Course, assignment: Assignment, questions: list[str], seeds: range, jobs: int | None, sandbox: str
) -> list[QuestionReport]:
    from autograder.batch import LocalExecutor
    from autograder.terminal.progress import bar
    from autograder.verify import Trial, judge, run_trials, variants_of

    variants = variants_of(assignment, questions)
    with bar(assignment.id, len(variants) * len(seeds)) as advance:

        def done(trial: Trial) -> None:
            advance(trial.variant.label)

        executor = LocalExecutor(jobs)
        return judge(
            assignment, run_trials(course, assignment, variants, seeds, executor, sandbox=sandbox, on_trial=done)
        )


def _scores(assignment: Assignment, questions: list[str], limit: int | None, seed: int, sandbox: str) -> list[Score]:
    from autograder.terminal.progress import bar
    from autograder.verify.mechanical import count_changes, score_changes

    with bar(f"{assignment.id}, changed by rule", count_changes(assignment, questions, limit)) as advance:
        return score_changes(assignment, questions, limit=limit, seed=seed, sandbox=sandbox, on_change=advance)


def _ratios(assignment: Assignment, questions: list[str], sandbox: str) -> Iterator[Row]:
    """The ratio to the reference of each right variant, the reference itself and the yardstick, as it is measured."""
    from autograder.speed.table import rows
    from autograder.worker import gpus

    check = {question.id: question.speed for question in assignment.questions}
    on_gpu = any(found.needs_gpu for name in questions if (found := check[name]) is not None)
    return rows(assignment, questions, sandbox, gpu=gpus.find() if on_gpu else None) if questions else iter(())


def _show(
    assignment: Assignment,
    reports: list[QuestionReport],
    scores: list[Score],
    save: Path | None,
    *,
    as_json: bool,
    ratios: Iterator[Row],
) -> None:
    from datetime import UTC, datetime

    from rich.console import Console

    from autograder.terminal.speed import print_rows
    from autograder.verify import table
    from autograder.verify.page import suite_page, write_page

    first = next(ratios, None)
    found = itertools.chain([first], ratios) if first is not None else ()
    if as_json:
        click.echo(json.dumps({**table.as_json(assignment, reports, scores), "speed": [row.plain() for row in found]}))
    else:
        console = Console(highlight=False)
        console.print(table.render(assignment, reports))
        if scores:
            console.print(table.render_scores(scores))
        if first is not None:
            print_rows(found)
    if save is not None:
        page = suite_page(assignment, reports, generated_at=datetime.now(UTC), scores=scores)
        path = write_page(save, assignment, page)
        if not as_json:
            click.echo(f"page  {path}")


@click.group()
def new() -> None:
    """Begin a course, a lab or a question, with files that are green under `autograder verify`."""


@new.command("course")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", help="For people (default: the folder's name).")
def new_course(folder: Path, title: str | None) -> None:
    """Make an empty course in FOLDER."""
    from autograder import scaffold

    written = scaffold.new_course(folder, title or folder.resolve().name)
    go = "" if folder.resolve() == Path.cwd() else f"cd {folder} && "
    _say(written, f"next: {go}autograder new lab lab1_something")


_question_title = click.option("--question-title", default="A stable mean", show_default=True, help="Of the question.")
_file_option = click.option("--file", default="work.py", show_default=True, help="The new file that students fill in.")


@new.command("lab")
@click.argument("lab")
@course_option
@click.option("--title", help="For people (default: the id).")
@click.option("--question", default="1.1", show_default=True, help="The id of its first question.")
@_question_title
@_file_option
def new_lab(
    lab: str, course_folder: Path | None, title: str | None, question: str, question_title: str, file: str
) -> None:
    """Make a lab with the id LAB, and its first question."""
    from autograder import scaffold

    course = load_course(course_folder)
    first = scaffold.NewQuestion(question, question_title, file)
    _say(scaffold.new_lab(course, lab, title or lab, first), f"next: autograder verify {lab}")


@new.command("question")
@click.argument("lab")
@click.argument("question")
@course_option
@_question_title
@_file_option
def new_question(lab: str, question: str, course_folder: Path | None, question_title: str, file: str) -> None:
    """Add a question to LAB, with the id QUESTION: reference, tests, mutants, an equivalent."""
    from autograder import scaffold
    from autograder.course import load_assignment

    course = load_course(course_folder)
    assignment = load_assignment(course, lab)
    added = scaffold.NewQuestion(question, question_title, file)
    written = scaffold.new_question(course, assignment.id, added)
    _say(written, f"next: autograder verify {assignment.id} --question {question}")


def _say(written: list[Path], following: str) -> None:
    here = Path.cwd()
    for path in written:
        resolved = path.resolve()
        click.echo(resolved.relative_to(here) if resolved.is_relative_to(here) else path)
    click.echo(following)

"""Commands for those who run a course."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.exits import NEEDS_A_PERSON
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.model import Grade

_course_option = click.option(
    "--course",
    "course_folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of the course (looked for upwards from here if not given).",
)


def _load_course(folder: Path | None) -> Course:
    from autograder.course import find_course, load_course

    return load_course(folder if folder is not None else find_course(Path.cwd()))


@click.command()
@click.argument("lab")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@_course_option
@click.option(
    "--out",
    default=Path("grades"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for gradebook.db and report/<assignment>/.",
)
@click.option(
    "--gradebook", type=click.Path(path_type=Path, dir_okay=False), help="The gradebook, if it lies elsewhere."
)
@click.option("--jobs", "-j", type=click.IntRange(1), help="Submissions at a time (default: one for each core).")
@click.option("--again", is_flag=True, help="Grade unchanged submissions again, too.")
@click.option("--seed", type=int, help="Base of the hidden tests' random numbers (default: the assignment's).")
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each grade on standard output, nothing else.")
@click.option(
    "--unsafe-no-sandbox", "unsafe", is_flag=True, help="Run student code without a sandbox: it can do what you can."
)
def grade(
    lab: str,
    paths: tuple[Path, ...],
    course_folder: Path | None,
    out: Path,
    gradebook: Path | None,
    jobs: int | None,
    again: bool,
    seed: int | None,
    as_json: bool,
    unsafe: bool,
) -> None:
    """Grade submissions of LAB.

    PATHS are folders with one entry for each student (a folder, .zip, .tar.gz or .ipynb), or single submissions.
    Grades are written to the gradebook as they come; run again, only what is new or changed is graded.
    """
    from autograder.batch import LocalExecutor
    from autograder.course import load_assignment
    from autograder.grading import grade_batch
    from autograder.terminal.batch import BatchDisplay, JsonLines
    from autograder.worker.isolation import isolation, require_sandbox
    from autograder.worker.messages import Grade as Sandbox

    course = _load_course(course_folder)
    assignment = load_assignment(course, lab)
    held = isolation(Sandbox.LIMITS) if unsafe else require_sandbox()
    display = JsonLines(sys.stdout) if as_json else BatchDisplay(assignment)
    with display:
        outcomes = grade_batch(
            course,
            assignment.id,
            paths,
            gradebook=gradebook or out / "gradebook.db",
            executor=LocalExecutor(jobs),
            held=held,
            reports=out / "report" / assignment.id,
            again=again,
            seed=seed,
            on_start=display.start,
            on_grade=display.grade,
            on_skip=display.skip,
        )
    display.finish(outcomes, gradebook or out / "gradebook.db")
    if outcomes.broken or any(not grade.settled or grade.open_points for grade in outcomes.graded):
        sys.exit(NEEDS_A_PERSON)


@click.command()
@click.argument("lab")
@click.argument("student", required=False)
@_course_option
@click.option(
    "--out",
    default=Path("grades"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of gradebook.db, and for report/.",
)
@click.option(
    "--gradebook", type=click.Path(path_type=Path, dir_okay=False), help="The gradebook, if it lies elsewhere."
)
def report(lab: str, student: str | None, course_folder: Path | None, out: Path, gradebook: Path | None) -> None:
    """Write the pages of LAB again from the gradebook, or show one STUDENT's report here."""
    from autograder.course import load_assignment
    from autograder.gradebook import Gradebook
    from autograder.grading import report as write_pages
    from autograder.terminal.batch import print_report
    from autograder.worker.isolation import isolation

    assignment = load_assignment(_load_course(course_folder), lab)
    path = gradebook or out / "gradebook.db"
    if not path.is_file():
        raise AutograderError(f"{path}: no gradebook there; `autograder grade` makes one")
    with Gradebook.open(path) as book:
        if student is None:
            click.echo(write_pages(book, assignment, out / "report" / assignment.id, isolation()))
            return
        grades = {recorded.grade.student: recorded.grade for recorded in book.current(assignment)}
        print_report(assignment, _pick(grades, student))


def _shown(path: Path) -> str:
    """A path as short as it can be typed from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _pick(grades: dict[str, Grade], student: str) -> Grade:
    import difflib

    if student not in grades:
        close = difflib.get_close_matches(student, grades, 1)
        meant = f" Did you mean {close[0]!r}?" if close else ""
        raise AutograderError(f"no grade of {student!r} in the gradebook.{meant}")
    return grades[student]


@click.command()
@click.argument("lab")
@_course_option
@click.option(
    "--check", "check_only", is_flag=True, help="Write nothing; list what differs, and exit with 1 if anything does."
)
@click.option("--to", "form", type=click.Choice(["zip"]), help="Make one file of it, to hand out.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to make (default: <assignment>.zip here).")
def release(lab: str, course_folder: Path | None, check_only: bool, form: str | None, out: Path | None) -> None:
    """Generate what students receive for LAB from its reference solution: stubs, notebook, public tests, data."""
    from autograder.course import load_assignment
    from autograder.release import build_zip, check_template, write_template

    assignment = load_assignment(_load_course(course_folder), lab)
    if form is not None:
        target = out or Path(f"{assignment.id}.zip")
        content = build_zip(assignment)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        except OSError as problem:
            raise AutograderError(f"{target}: cannot be written: {problem.strerror}") from None
        click.echo(f"{target}: {len(content) / 1024:.0f} KiB; students run `autograder start {target.name}`")
        return
    if check_only:
        drift = check_template(assignment)
        for line in drift:
            click.echo(line)
        if drift:
            sys.exit(NEEDS_A_PERSON)
        click.echo(f"{_shown(assignment.template)}: up to date")
        return
    write_template(assignment)
    click.echo(f"{_shown(assignment.template)}: written")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def doctor(as_json: bool) -> None:
    """Show how student code is walled in on this machine."""
    import msgspec

    from autograder.worker.isolation import LAYERS, isolation

    held = isolation()
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(held)))
        return
    click.echo(f"sandbox: {held.grade}")
    for layer, promise in LAYERS.items():
        state = "held" if layer in held.held else "missing"
        click.echo(f"  {state:8} {layer:12} {promise}")
    for grade, reason in held.reasons.items():
        click.echo(f"  not {grade}: {reason}")
    if held.warning:
        click.echo(f"\n{held.warning[0].upper()}{held.warning[1:]}.")

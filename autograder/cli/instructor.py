"""Commands for those who run a course."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.exits import NEEDS_A_PERSON
from autograder.cli.options import (
    chosen_executor,
    chosen_sandbox,
    cluster_option,
    course_option,
    existing,
    gradebook_options,
    load_course,
    meant,
    sandbox_options,
)
from autograder.cli.speed import run_speed_checks
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from autograder.model import Grade


@click.command()
@click.argument("lab")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@course_option
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
@cluster_option
@click.option(
    "--roster",
    "roster_path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Who is who: your own CSV, or a grade file as Canvas, Moodle or Blackboard exports it.",
)
@click.option(
    "--submitted-at", help='When all was handed in whose time is not told; "file": when each was last changed.'
)
@click.option("--again", is_flag=True, help="Grade unchanged submissions again, too.")
@click.option("--seed", type=int, help="Base of the hidden tests' random numbers (default: the assignment's).")
@click.option("--speed", is_flag=True, help="Check speed, too, once the tests of all of them have run.")
@click.option(
    "--only", type=click.Choice(["pending"]), help="Run nothing but the speed checks that wait; PATHS are not needed."
)
@click.option("--no-diagnosis", is_flag=True, help="Do not name known mistakes in the feedback.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each grade on standard output, nothing else.")
@sandbox_options
def grade(
    lab: str,
    paths: tuple[Path, ...],
    course_folder: Path | None,
    out: Path,
    gradebook: Path | None,
    jobs: int | None,
    cluster: str | None,
    roster_path: Path | None,
    submitted_at: str | None,
    again: bool,
    seed: int | None,
    speed: bool,
    only: str | None,
    no_diagnosis: bool,
    as_json: bool,
    sandbox: str | None,
    unsafe: bool,
) -> None:
    """Grade submissions of LAB.

    PATHS are what Canvas, Moodle, Blackboard or Gradescope let you download (the zip, or unpacked), folders with one
    entry for each student (a folder, .zip, .tar.gz or .ipynb), or single submissions.
    Grades are written to the gradebook as they come; run again, only what is new or changed is graded.

    With --speed, the questions' speed checks have their share of the points; without it, the tests have all of them.
    """
    if bool(paths) == (only is not None):
        raise click.UsageError("name what to grade (PATHS), or ask for --only pending")
    from autograder.course import load_assignment
    from autograder.grading import grade_batch
    from autograder.intake import read_roster
    from autograder.intake.take import OWN_TIME
    from autograder.marking import read_time
    from autograder.terminal.batch import BatchDisplay, JsonLines

    course = load_course(course_folder)
    assignment = load_assignment(course, lab)
    held = chosen_sandbox(sandbox, unsafe=unsafe)
    zone = assignment.due.tzinfo if assignment.due is not None else None
    roster = None if roster_path is None else read_roster(roster_path, zone)
    when = None
    if submitted_at is not None:
        when = OWN_TIME if submitted_at == OWN_TIME else read_time(submitted_at, assignment, "--submitted-at")
    display = JsonLines(sys.stdout) if as_json else BatchDisplay(assignment)
    book, pages = gradebook or out / "gradebook.db", out / "report" / assignment.id
    if only is not None:
        run_speed_checks(course, assignment, existing(out, gradebook), held, pages, as_json=as_json)
        return
    seen: set[str] = set()

    def skip(student: str) -> None:
        seen.add(student)
        display.skip(student)

    with chosen_executor(cluster, jobs, display.note) as executor, display:
        display.watch(executor.slots)
        outcomes = grade_batch(
            course,
            assignment.id,
            paths,
            gradebook=book,
            executor=executor,
            held=held,
            reports=pages,
            again=again,
            seed=seed,
            diagnose=not no_diagnosis,
            timed=speed,
            roster=roster,
            submitted_at=when,
            on_intake=display.intake,
            on_start=display.start,
            on_grade=display.grade,
            on_skip=skip,
        )
    if speed:
        seen |= {grade.student for grade in outcomes.graded}
        timed = run_speed_checks(course, assignment, book, held, pages, students=seen, as_json=as_json)
        outcomes.graded = list({grade.student: grade for grade in (*outcomes.graded, *timed)}.values())
    display.finish(outcomes, book)
    if outcomes.broken or any(not grade.settled or grade.held_back for grade in outcomes.graded):
        sys.exit(NEEDS_A_PERSON)


@click.command()
@click.argument("lab")
@click.argument("student", required=False)
@course_option
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
    from autograder.standing import standings
    from autograder.terminal.batch import print_report
    from autograder.worker.isolation import isolation

    course = load_course(course_folder)
    assignment = load_assignment(course, lab)
    with Gradebook.open(existing(out, gradebook)) as book:
        if student is None:
            click.echo(write_pages(book, course, assignment, out / "report" / assignment.id, isolation()))
            return
        grades = {entry.grade.student: entry.grade for entry in standings(book, course, assignment)}
        print_report(assignment, _pick(grades, student))


def _shown(path: Path) -> str:
    """A path as short as it can be typed from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _pick(grades: dict[str, Grade], student: str) -> Grade:
    if student not in grades:
        raise AutograderError(f"no grade of {student!r} in the gradebook.{meant(student, grades)}")
    return grades[student]


@click.command()
@click.argument("lab")
@course_option
@click.option(
    "--check", "check_only", is_flag=True, help="Write nothing; list what differs, and exit with 1 if anything does."
)
@click.option(
    "--to",
    "form",
    type=click.Choice(["zip", "notebook", "nbgrader", "otter", "gradescope", "classroom50"]),
    help="Write it for a platform instead; docs/platforms.md has a section on each.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="The file or folder to make (default: named after LAB, here)."
)
@click.option(
    "--sandbox",
    type=click.Choice(["full", "restricted", "limits"]),
    help="For gradescope: the least isolation of student code accepted there (default: restricted).",
)
def release(
    lab: str,
    course_folder: Path | None,
    check_only: bool,
    form: str | None,
    out: Path | None,
    sandbox: str | None,
) -> None:
    """Generate what students receive for LAB from its reference solution: stubs, notebook, public tests, data.

    Without --to, the template's folder of the course is brought up to date.
    """
    from autograder.course import load_assignment
    from autograder.release import check_template, write_template

    if sandbox is not None and form != "gradescope":
        raise click.UsageError("--sandbox goes with --to gradescope")
    assignment = load_assignment(load_course(course_folder), lab)
    if form is not None:
        from autograder.interop.release import write_release

        click.echo(write_release(assignment, form, out, sandbox or "restricted"))
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
@gradebook_options
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def doctor(out: Path, gradebook: Path | None, as_json: bool) -> None:
    """Show how student code is walled in on this machine, and whether the gradebook is what was written."""
    import msgspec

    from autograder.gradebook import Gradebook
    from autograder.worker.isolation import LAYERS, isolation, try_grade
    from autograder.worker.messages import Grade as Sandbox

    held = isolation()
    no_bubblewrap = try_grade(Sandbox.BUBBLEWRAP)
    path = gradebook or out / "gradebook.db"
    state = None
    if gradebook is not None or path.is_file():
        with Gradebook.open(existing(out, gradebook)) as book:
            state = book.check()
    if as_json:
        bubblewrap = {"holds": not no_bubblewrap, "reason": no_bubblewrap}
        shown = {**msgspec.to_builtins(held), "bubblewrap": bubblewrap, "gradebook": msgspec.to_builtins(state)}
        click.echo(json.dumps(shown))
    else:
        click.echo(f"sandbox: {held.grade}")
        for layer, promise in LAYERS.items():
            word = "held" if layer in held.held else "missing"
            click.echo(f"  {word:8} {layer:12} {promise}")
        for grade, reason in held.reasons.items():
            click.echo(f"  not {grade}: {reason}")
        click.echo(f"--sandbox bwrap: {no_bubblewrap or 'holds, too'}")
        if held.warning:
            click.echo(f"\n{held.warning[0].upper()}{held.warning[1:]}.")
        if state is not None:
            hold = "hold" if not state.problems else f"{len(state.problems)} problems"
            click.echo(f"gradebook {path}: {state.links} links {hold}, head {state.head[:16]}")
            for problem in state.problems:
                click.echo(f"  {problem}")
    if state is not None and state.problems:
        sys.exit(NEEDS_A_PERSON)

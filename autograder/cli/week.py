"""Commands on a gradebook: regrades, marks, histories, backups."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from autograder.cli.exits import NEEDS_A_PERSON
from autograder.cli.options import (
    chosen_sandbox,
    course_option,
    existing,
    find_student,
    gradebook_options,
    jobs_option,
    load_course,
    sandbox_options,
    whoever,
)


@click.command()
@click.argument("lab")
@click.argument("students", nargs=-1)
@course_option
@gradebook_options
@click.option("--dry-run", is_flag=True, help="Write nothing; only show who would move.")
@click.option("--everything", is_flag=True, help="Run all questions again, changed or not.")
@jobs_option
@click.option("--seed", type=int, help="Base of the hidden tests' random numbers (default: the assignment's).")
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each submission, nothing else.")
@sandbox_options
def regrade(
    lab: str,
    students: tuple[str, ...],
    course_folder: Path | None,
    out: Path,
    gradebook: Path | None,
    dry_run: bool,
    everything: bool,
    jobs: int | None,
    seed: int | None,
    as_json: bool,
    sandbox: str | None,
    unsafe: bool,
) -> None:
    """After a change to the tests: run what changed again, on the submissions that the gradebook has kept.

    Only questions whose tests, limits or reference changed are run. A table shows who moved and by how much.
    """
    from autograder.batch import LocalExecutor
    from autograder.course import load_assignment
    from autograder.gradebook import Gradebook
    from autograder.grading import report
    from autograder.regrading import regrade as run_again
    from autograder.terminal.batch import progress
    from autograder.terminal.week import move_line, print_moves

    course = load_course(course_folder)
    assignment = load_assignment(course, lab)
    path = existing(out, gradebook)
    held = chosen_sandbox(sandbox, unsafe=unsafe)
    with Gradebook.open(path) as book:
        wanted = [find_student(book, student) for student in students]
    with progress("regrading", quiet=as_json) as bar:
        regraded = run_again(
            course,
            assignment.id,
            gradebook=path,
            executor=LocalExecutor(jobs),
            held=held,
            students=wanted,
            dry_run=dry_run,
            everything=everything,
            seed=seed,
            on_start=bar.start,
            on_move=lambda move: bar.advance(move.student),
        )
    if as_json:
        for move in regraded.moves:
            click.echo(json.dumps(move_line(move)))
    else:
        print_moves(regraded, dry_run=dry_run)
    if not dry_run:
        with Gradebook.open(path) as book:
            report(book, course, assignment, out / "report" / assignment.id, held)
    if regraded.broken or regraded.lost or any(move.after.held_back for move in regraded.moves):
        sys.exit(NEEDS_A_PERSON)


@click.command()
@click.argument("lab")
@click.argument("student", required=False)
@course_option
@gradebook_options
@click.option("--question", "-q", default="", help="Which question (default: the whole assignment).")
@click.option("--points", "-p", type=float, help="Points of the question or of the whole.")
@click.option("--comment", "-c", default="", help="A sentence for the student.")
@click.option("--due", help="A due time of the student's own, like 2026-10-03 23:59.")
@click.option("--extend", help='The same as a span after the due time, like "2 days".')
@click.option("--submitted-at", help="When it really was handed in.")
@click.option("--use", "digest", help="Which submission counts: the beginning of its digest, see `history`.")
@click.option("--excuse", is_flag=True, help="Leave the student out of this assignment.")
@click.option(
    "--take-back", type=click.Choice(["points", "due", "submitted", "choice", "excused"]), help="Undo a mark."
)
@click.option(
    "--from", "table", type=click.Path(path_type=Path), help="A CSV file: student,question,points,comment,why."
)
@click.option("--why", help="The reason, for staff; it stays in the gradebook. Write no names.")
@click.option("--who", help="By whom (default: your login).")
def override(
    lab: str,
    student: str | None,
    course_folder: Path | None,
    out: Path,
    gradebook: Path | None,
    question: str,
    points: float | None,
    comment: str,
    due: str | None,
    extend: str | None,
    submitted_at: str | None,
    digest: str | None,
    excuse: bool,
    take_back: str | None,
    table: Path | None,
    why: str | None,
    who: str | None,
) -> None:
    """Decide something about one student's grade by hand: points, a due time, which submission counts.

    Nothing is overwritten: each decision is added with who, when and why. Points of questions that a person grades
    come from here, too; a whole table of them with --from.
    """
    from autograder.course import load_assignment
    from autograder.gradebook import Gradebook
    from autograder.marking import Wish, make_mark, read_marks
    from autograder.standing import standings
    from autograder.terminal.week import stands_at

    course = load_course(course_folder)
    assignment = load_assignment(course, lab)
    by = who or whoever()
    if (table is None) == (student is None):
        raise click.UsageError("name a STUDENT, or a table with --from")
    wish = Wish(question, points, comment, due, extend, submitted_at, digest, excuse, take_back)
    with Gradebook.open(existing(out, gradebook)) as book:
        if table is not None:
            rows = read_marks(table, assignment, who=by, why=why)
            marks = [(find_student(book, typed), mark) for typed, mark in rows]
        else:
            named = find_student(book, student or "")
            digests = {entry.submission_digest for entry in book.history(assignment, named)}
            marks = [(named, make_mark(assignment, wish, digests, who=by, why=why or ""))]
        for named, mark in marks:
            book.add_mark(assignment.id, named, mark)
        changed = {named for named, _ in marks}
        for entry in standings(book, course, assignment):
            if entry.grade.student in changed:
                click.echo(f"{entry.grade.student}: {stands_at(entry)}")


@click.command()
@click.argument("student")
@click.argument("lab", required=False)
@course_option
@gradebook_options
def history(student: str, lab: str | None, course_folder: Path | None, out: Path, gradebook: Path | None) -> None:
    """Everything that happened to one STUDENT's grades: attempts, regrades, marks with who, when and why."""
    from autograder.course import load_assignment
    from autograder.gradebook import Gradebook
    from autograder.standing import standings
    from autograder.terminal.week import print_history

    course = load_course(course_folder)
    with Gradebook.open(existing(out, gradebook)) as book:
        named = find_student(book, student)
        for identifier in [load_assignment(course, lab).id] if lab else course.assignments:
            assignment = load_assignment(course, identifier)
            attempts = book.history(assignment, named)
            marks = book.marks(assignment.id, named, all_of_them=True).get(named, [])
            if attempts or marks:
                found = {entry.grade.student: entry for entry in standings(book, course, assignment)}
                print_history(assignment, named, attempts, marks, found.get(named))
            elif lab:
                click.echo(f"{named}: nothing was handed in for {assignment.id}")


@click.command()
@click.argument("lab")
@course_option
@gradebook_options
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every grade.")
def status(lab: str, course_folder: Path | None, out: Path, gradebook: Path | None, as_json: bool) -> None:
    """Where LAB stands: how many are graded, what waits for whom, who handed in nothing."""
    from autograder.course import load_assignment
    from autograder.gradebook import Gradebook
    from autograder.speed.cases import queue
    from autograder.standing import standings
    from autograder.terminal.week import print_status, status_json

    course = load_course(course_folder)
    assignment = load_assignment(course, lab)
    with Gradebook.open(existing(out, gradebook)) as book:
        found = standings(book, course, assignment)
        known = {entry.grade.student for entry in found}
        missing = [student for student in book.students() if student not in known]
    if as_json:
        click.echo(status_json(found, missing, queue(assignment, [entry.grade for entry in found])))
    else:
        print_status(assignment, found, missing, queue(assignment, [entry.grade for entry in found]))


@click.command()
@click.argument("student")
@gradebook_options
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def erase(student: str, out: Path, gradebook: Path | None, yes: bool) -> None:
    """Take a STUDENT's name, platform ids and work out of the gradebook; grades stay under a random id."""
    from autograder.gradebook import Gradebook

    with Gradebook.open(existing(out, gradebook)) as book:
        named = find_student(book, student)
        if not yes:
            click.confirm(f"Erase {named}? This cannot be undone", abort=True)
        book.erase(named)
    click.echo(f"{named}: erased; write the report again so that its page goes, too")


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@gradebook_options
def backup(target: Path, out: Path, gradebook: Path | None) -> None:
    """Copy the gradebook into one file, even while grading runs."""
    from autograder.gradebook import Gradebook

    with Gradebook.open(existing(out, gradebook)) as book:
        book.backup(target)
        state = book.check()
    click.echo(f"{target}: {state.links} links, head {state.head[:16]}")

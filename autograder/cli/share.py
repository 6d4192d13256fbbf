"""Commands that hand grades on."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.options import course_option, existing, gradebook_options, load_course

FORMATS = (
    "canvas",
    "moodle",
    "blackboard",
    "gradescope",
    "classroom50",
    "nbgrader",
    "junit",
    "csv",
    "json",
    "feedback-zip",
)


@click.command()
@click.argument("lab")
@course_option
@click.option("--to", "form", type=click.Choice(FORMATS), required=True, help="The format.")
@click.option(
    "--fill",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What the platform let you download: the grade file to fill in, or the zip of submissions.",
)
@click.option("--column", help="The column to fill in, where its title does not tell.")
@click.option("--scale", is_flag=True, help="Scale points to the platform's maximum.")
@click.option(
    "--level",
    type=click.Choice(["name", "hint", "full"]),
    help="How much of hidden tests is shown (default: the lab's).",
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), help="The file or folder to write; nbgrader's course directory."
)
@gradebook_options
def export(
    lab: str,
    course_folder: Path | None,
    form: str,
    fill: Path | None,
    column: str | None,
    scale: bool,
    level: str | None,
    output: Path | None,
    out: Path,
    gradebook: Path | None,
) -> None:
    """Write the grades of LAB for a platform, a spreadsheet or a program.

    Canvas, Moodle and Blackboard get the file that you downloaded from them, filled in; whoever has no final grade is
    left out. `feedback-zip` holds each student's page under the name that Moodle or Canvas expects.
    """
    from autograder.course import load_assignment
    from autograder.exporting import export_grades
    from autograder.gradebook import Gradebook
    from autograder.model import FeedbackLevel
    from autograder.report.safe import safe

    course = load_course(course_folder)
    assignment = load_assignment(course, lab)
    with Gradebook.open(existing(out, gradebook)) as book:
        exported = export_grades(
            book,
            course,
            assignment,
            form,
            out=output,
            fill=fill,
            column=column,
            scale=scale,
            level=FeedbackLevel(level) if level else None,
        )
    click.echo(f"{exported.path}: {exported.written} grade{'' if exported.written == 1 else 's'}")
    for remark in exported.remarks:
        click.echo(f"  {safe(remark)}")


@click.command()
@click.argument("lab")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@course_option
@gradebook_options
def similarity(
    lab: str, paths: tuple[Path, ...], course_folder: Path | None, out: Path, gradebook: Path | None
) -> None:
    """Find submissions of LAB that are more alike than the task explains: evidence, never a penalty.

    PATHS are submissions as for `grade`; without any, those that the gradebook has kept are compared.
    """
    from autograder.course import load_assignment
    from autograder.likeness import find_similar

    course = load_course(course_folder)
    assignment = load_assignment(course, lab)
    book = None if paths else existing(out, gradebook)
    found = find_similar(assignment, paths, book, out / "report" / assignment.id / "similarity")
    for group in found.groups[:20]:
        click.echo(f"{100 * group.share:.0f} %  {', '.join(group.students)}")
    click.echo(f"{found.compared} compared, {len(found.groups)} groups: {found.page}")

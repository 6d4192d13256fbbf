"""Commands for students: they work in the lab's folder."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from autograder.cli.exits import NEEDS_A_PERSON
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from autograder.workspace.folder import Workspace


def _complete_question(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Ids of questions that begin with what was typed."""
    try:
        questions = _workspace().assignment.questions
    except AutograderError:
        return []
    return [CompletionItem(question.id, help=question.title) for question in questions if question.id.startswith(typed)]


def _workspace() -> Workspace:
    from autograder.workspace.folder import find_workspace

    return find_workspace(Path.cwd())


@click.command()
@click.argument("lab")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def start(lab: str, folder: Path | None) -> None:
    """Make your folder for a lab from the file that you received.

    LAB is that file, or its name's beginning if it lies here: `autograder start lab1`. Nothing that is there already is
    overwritten.
    """
    from autograder.terminal.tables import print_start
    from autograder.workspace.start import start_lab

    print_start(start_lab(lab, Path.cwd(), folder))


@click.command()
@click.argument("questions", nargs=-1, shell_complete=_complete_question)
@click.option("--watch", is_flag=True, help="Check again whenever you save a file, until Ctrl-C.")
@click.option("--debug", is_flag=True, help="Run your code in this process: breakpoint() works, time limits do not.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each question, nothing else.")
@click.option("--no-fork", is_flag=True, hidden=True, help="Start processes as on systems that cannot fork.")
def check(questions: tuple[str, ...], watch: bool, debug: bool, as_json: bool, no_fork: bool) -> None:
    """Run the public tests on your work; all QUESTIONS if none are named.

    A question is an id (1.6), a file (losses.py), a public test's file, or how a word of its title or of a function's
    name begins (softmax). Grading runs these tests, and hidden ones.

    What your code prints is shown with each test that does not pass; with --debug it goes to the terminal, always.
    """
    if watch + debug + as_json > 1:
        raise click.UsageError("--watch, --debug and --json exclude each other")
    from autograder.terminal.check import CheckDisplay, JsonCheck
    from autograder.workspace.checker import checking
    from autograder.workspace.names import pick_questions
    from autograder.workspace.progress import record_check

    workspace = _workspace()
    picked = pick_questions(workspace, questions)
    people = CheckDisplay(workspace, Path.cwd(), in_full=bool(questions) and "all" not in questions, watching=watch)
    if watch:
        from autograder.workspace.watch import watch as keep_checking

        keep_checking(workspace, picked, people, may_fork=not no_fork)
        return
    display = JsonCheck() if as_json else people
    submission = workspace.read()
    display.start(workspace, submission)
    done = []
    for checked in checking(
        workspace,
        lambda checker: [display.question(result) for result in checker.check(submission, picked)],
        in_process=debug,
        may_fork=not no_fork,
        alive=None if debug or as_json else people.alive,
    ):
        if not record_check(workspace, checked, submission):
            display.unsaved(workspace)
        done.append(checked)
    display.finish(done)
    if any(checked.failed for checked in done):
        sys.exit(NEEDS_A_PERSON)


@click.command()
@click.argument("questions", nargs=-1, shell_complete=_complete_question)
def bench(questions: tuple[str, ...]) -> None:
    """Measure how fast your work is, beside something that you may look at; all QUESTIONS with a speed check if none
    are named.

    Grading measures in the same way, beside a reference solution.
    """
    from autograder.worker.interpreter import be_steady

    be_steady()
    from autograder.speed.bench import bench as measure
    from autograder.terminal.speed import print_bench
    from autograder.workspace.names import pick_questions

    workspace = _workspace()
    timed = [question for question in pick_questions(workspace, questions) if question.speed is not None]
    if not timed:
        known = ", ".join(entry.id for entry in workspace.assignment.questions if entry.speed is not None)
        said = f"those with a speed check are {known}" if known else "no question of this lab has a speed check"
        raise AutograderError(f"nothing to measure: {said}")
    submission = workspace.read()
    done = []
    for question in timed:
        done.append(measure(workspace.assignment, submission, question.id))
        print_bench(question.id, done[-1])
    if any(benched.result is None for benched in done):
        sys.exit(NEEDS_A_PERSON)


@click.command("list")
def list_questions() -> None:
    """Show the lab's questions and how far you are."""
    from autograder.terminal.tables import print_progress
    from autograder.workspace.progress import read_progress

    workspace = _workspace()
    print_progress(workspace, read_progress(workspace))


@click.command()
@click.argument("question", required=False, shell_complete=_complete_question)
def hint(question: str | None) -> None:
    """Show a hint for QUESTION, or for the first that is not done; ask again for the next one."""
    from autograder.terminal.tables import print_hint
    from autograder.workspace.names import pick_questions
    from autograder.workspace.progress import Progress, read_progress, record_hint
    from autograder.workspace.state import State

    workspace = _workspace()
    known = read_progress(workspace)
    if question is None:
        done = {name for name, progress in known.items() if progress.state in (State.PASSED, State.UNTESTED)}
        undone = [entry for entry in workspace.assignment.questions if entry.id not in done]
        picked = undone[0] if undone else workspace.assignment.questions[-1]
    else:
        picked = pick_questions(workspace, [question])[0]
    before = known.get(picked.id, Progress(State.NOT_STARTED, 0, 0, ""))
    shown = min(before.hints_shown + 1, len(picked.hints))
    record_hint(workspace, picked, shown)
    print_hint(picked, shown)


@click.command()
@click.argument("what", shell_complete=_complete_question)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def reset(what: str, yes: bool) -> None:
    """Put WHAT back to what you received; a copy of your file is kept.

    WHAT is the id of a question (1.6), a file (losses.py, README.md, the notebook) or a folder (tests).
    """
    from autograder.notebook import has_work
    from autograder.workspace.names import pick_target
    from autograder.workspace.reset import reset as put_back

    workspace = _workspace()
    target = pick_target(workspace, what)
    question, file = target.question, target.files[0]
    label = f"all of {file}" if len(target.files) == 1 else f"{what.rstrip('/')} ({len(target.files)} files)"
    if question is not None:
        label = f"question {question.id} ({question.title}) in {file}"
    stub = question is not None or file in workspace.assignment.files
    back = "a stub again" if stub else "as you received it again"
    if not yes:
        click.confirm(f"Put {label} back to {'the stub' if stub else 'what you received'}?", abort=True)
    now = datetime.now().astimezone()
    if len(target.files) > 1:
        changed = [name for name in target.files if not workspace.is_untouched(name)]
        for name in changed:
            put_back(workspace, name, None, now)
        click.echo(f"{label}: {len(changed)} put back; what stood there is kept in .autograder/kept")
        return
    kept = put_back(workspace, file, question, now)
    was = f"your file as it was is kept in {kept.as_posix()}" if kept else "there was no such file"
    click.echo(f"{label} is {back}; {was}")
    notebook = workspace.notebook()
    if question is not None and notebook and has_work(workspace.read().cells, question, workspace.assignment):
        click.echo(f"{notebook} was not touched: its code for {question.id} is as it was")


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The file to make (default: <assignment>-submission.zip in the lab's folder).",
)
@click.option("--yes", "-y", is_flag=True, help="Do not ask, even if a file of the lab is missing.")
def submit(out: Path | None, yes: bool) -> None:
    """Pack your work into one file to hand in; refuses what grading would refuse."""
    from autograder.terminal.tables import print_submission
    from autograder.workspace.progress import read_progress
    from autograder.workspace.submit import make_submission, missing_files

    workspace = _workspace()
    target = out or workspace.folder / f"{workspace.assignment.id}-submission.zip"
    missing = missing_files(workspace)
    if missing and not yes and sys.stdin.isatty():
        verb = "is" if len(missing) == 1 else "are"
        click.confirm(f"{', '.join(missing)} {verb} missing, which means no points. Pack the rest?", abort=True)
    print_submission(workspace, make_submission(workspace, target), read_progress(workspace))

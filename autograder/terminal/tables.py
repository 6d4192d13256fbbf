"""What students see beside a check: how to begin, the list of questions, hints, what was packed."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.model import Question, Submission
from autograder.notebook import is_stub
from autograder.report.safe import excerpt, number, safe, safe_block
from autograder.terminal.signs import SIGNS, marked
from autograder.workspace.folder import Workspace
from autograder.workspace.progress import Progress, digest
from autograder.workspace.state import State
from autograder.workspace.submit import Handed


def print_start(workspace: Workspace) -> None:
    """What was made, and what to do with it."""
    console = Console(highlight=False)
    assignment = workspace.assignment
    folder = os.path.relpath(workspace.folder).replace(os.sep, "/")
    count = len(assignment.questions)
    console.print(Text(safe(assignment.title), "bold"))
    console.print(f"{folder} holds {count} questions, {number(assignment.max_points)} points.\n", markup=False)
    table = Table.grid(padding=(0, 2))
    first = assignment.questions[0]
    commands = [
        ("autograder check", "what is done and what is not"),
        (f"autograder check {first.id} --watch", f"the same whenever you save {first.file}"),
        ("autograder submit", "the file to hand in"),
    ]
    if folder != ".":
        commands.insert(0, (f"cd {shlex.quote(folder)}", ""))
    for command, what in commands:
        table.add_row(Text(f"  {command}", "bold", no_wrap=True), Text(what, "dim"))
    console.print(table)
    readme = "README.md" if folder == "." else f"{folder}/README.md"
    text = f"\nRead {readme} first; {assignment.id}.ipynb is the same as a notebook."
    console.print(text, markup=False, soft_wrap=True)


def print_progress(workspace: Workspace, known: Mapping[str, Progress]) -> None:
    """A table of the questions."""
    console = Console(highlight=False)
    console.print(Text(safe(workspace.assignment.title), "bold"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True)
    table.add_column("question")
    table.add_column("points", justify="right", no_wrap=True, min_width=6)
    table.add_column("last check", no_wrap=True, min_width=len("not checked yet"))
    submission = workspace.read()
    states = []
    for question in workspace.assignment.questions:
        sign, state = _progress(workspace, question, known.get(question.id), submission)
        states.append(sign.plain)
        title = f"{question.id:5}{question.title}{' (bonus)' if question.bonus else ''}"
        table.add_row(sign, safe(title), number(question.points), state)
    console.print(table)
    if "?" in states:
        console.print(Text("? changed since: check again to know", "dim"))


def _progress(
    workspace: Workspace, question: Question, progress: Progress | None, submission: Submission
) -> tuple[Text, Text]:
    if progress is not None and progress.state is State.UNTESTED:
        return Text("–", "dim"), Text("no public tests", "dim")
    if progress is None or not progress.tests:
        content = workspace.folder / question.file
        untouched = content.is_file() and is_stub(content.read_bytes(), question, workspace.assignment)
        said = "not started" if untouched and not workspace.notebook() else "not checked yet"
        said = said if content.is_file() or workspace.notebook() else "file is missing"
        return Text("○", "dim"), Text(said, "dim")
    sign, style = SIGNS[progress.state]
    said = f"{progress.passed} of {progress.tests}"
    if progress.state in (State.NOT_STARTED, State.BLOCKED):
        said = "not started" if progress.state is State.NOT_STARTED else "blocked"
    if progress.digest != digest(workspace, question, submission):
        return Text("?", "yellow"), Text(f"{said}, changed", "yellow")
    return Text(sign, style), Text(said, style)


def print_hint(question: Question, shown: int) -> None:
    """The hints so far, the new one last."""
    console = Console(highlight=False)
    console.print(Text(safe(f"{question.id} {question.title}"), "bold"))
    if not question.hints:
        console.print(f"There are no hints beyond those of its tests: autograder check {question.id}", markup=False)
        return
    for index, text in enumerate(question.hints[:shown], 1):
        style = "" if index == shown else "dim"
        console.print(marked(f"{index}.", Text(safe_block(text), style), style))
    left = len(question.hints) - shown
    more = f"{left} more: ask again" if left else "that was the last one; the handout's section has the rest"
    console.print(Text(f"({more})", "dim"))


def print_submission(workspace: Workspace, handed: Handed, known: Mapping[str, Progress]) -> None:
    """What was packed, and what stands out."""
    console = Console(highlight=False)
    path = os.path.relpath(handed.path)
    text = f"{path}  {handed.size / 1024:.0f} KiB: {', '.join(map(safe, handed.files))}"
    console.print(text, markup=False, soft_wrap=True)
    for note in handed.notes:
        console.print(Text(f"note: {safe(excerpt(note, lines=3, characters=400))}", "yellow"), soft_wrap=True)
    submission = workspace.read()
    table = Table.grid(padding=(0, 2))
    for question in workspace.assignment.questions:
        sign, state = _progress(workspace, question, known.get(question.id), submission)
        if sign.plain not in "✓–":
            table.add_row(sign, safe(f"{question.id} {question.title}"), state)
    if table.row_count:
        console.print("Not all of it passes the public tests, as far as was checked:", markup=False)
        console.print(Padding(table, (0, 0, 0, 2)))
    console.print("Upload this file where your course collects work. Pack it again if you change something.")
    for name in handed.missing:
        text = f"{name} is missing: its questions get no points. Get its stub: autograder reset {shlex.quote(name)}"
        console.print(Text(safe(text), "bold red"), soft_wrap=True)

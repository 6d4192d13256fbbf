"""What students see of a check: each question in a line, what does not hold, and one thing to do next."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.headings import sections
from autograder.model import CaseResult, Question, Submission
from autograder.report import figures
from autograder.report.safe import excerpt, number, safe, safe_block, short
from autograder.workspace.checker import Checked, State
from autograder.workspace.folder import Workspace
from autograder.workspace.progress import Progress, digest
from autograder.workspace.submit import Handed

_SIGNS = {
    State.PASSED: ("✓", "green"),
    State.FAILED: ("✗", "red"),
    State.NOT_STARTED: ("○", "dim"),
    State.BLOCKED: ("✗", "red"),
    State.UNTESTED: ("–", "dim"),
}
_FRAMES = 4  # of the student's own lines, the innermost last


class CheckDisplay:
    """A check for people.

    Args:
        workspace: what is checked.
        here: the current folder; places are given relative to it, so that editors find them.
        in_full: show everything about every test that fails, not only about the first.
    """

    def __init__(self, workspace: Workspace, here: Path, *, in_full: bool) -> None:
        self._workspace = workspace
        self._prefix = os.path.relpath(workspace.folder, here).replace(os.sep, "/")
        self._in_full = in_full
        self._explained = False
        self._console = Console(highlight=False, soft_wrap=False)
        self._width = max(len(question.title) for question in workspace.assignment.questions)

    def start(self, workspace: Workspace, submission: Submission) -> None:
        """The lab's title, and what stands out before anything runs."""
        self._explained = False
        self._console.print(Text(safe(workspace.assignment.title), "bold"))
        for note in notes(workspace, submission):
            text = f"note: {safe_block(excerpt(note, lines=3, characters=600))}"
            self._console.print(Text(text, "yellow"), soft_wrap=True)
        self._console.print()

    def question(self, checked: Checked) -> Checked:
        """One question, as soon as it is known."""
        sign, style = _SIGNS[checked.state]
        question = checked.question
        line = Text.assemble(
            (f"{sign} {safe(question.id):5}", style), f"{safe(question.title):{self._width}}  ", self._state(checked)
        )
        self._console.print(line, soft_wrap=True)
        if checked.state is State.BLOCKED and checked.blocked_by is not None:
            self._explain(checked.blocked_by, blocked=True)
        elif checked.state is State.FAILED:
            for case in checked.failed:
                if self._in_full or not self._explained:
                    self._explain(case)
                else:
                    message = case.feedback.message or figures.WORDS[case.outcome].word
                    text = f"{_title(case).rstrip('.')}: {safe(short(message, 120))}"
                    self._console.print(Padding(_marked("✗", Text(text), "red"), (0, 0, 0, 4)))
        return checked

    def finish(self, done: Sequence[Checked]) -> None:
        """One thing to do next."""
        self._console.print()
        self._console.print(self._next(done), soft_wrap=True)

    def waiting(self, count: int) -> None:
        """Nothing to do until a file changes."""
        self._console.print(Text(f"\nWatching {count} files; Ctrl-C ends.", "dim"))

    def clear(self, changed: Sequence[str]) -> None:
        """A new round."""
        if self._console.is_terminal:
            self._console.clear()
        self._console.print(Text(f"{', '.join(map(safe, changed[:5]))} changed", "dim"), soft_wrap=True)

    def _state(self, checked: Checked) -> Text:
        count = len(checked.cases)
        if checked.state is State.PASSED:
            return Text(f"all {count} public tests passed" if count > 1 else "its public test passed", "green")
        if checked.state is State.UNTESTED:
            return Text("has no public tests; grading has hidden ones", "dim")
        if checked.state is State.NOT_STARTED:
            return Text(f"not started; {self._place(checked.question)}", "dim")
        if checked.state is State.BLOCKED:
            return Text("cannot be tested yet", "red")
        return Text(f"{checked.passed} of {count} public tests passed", "red")

    def _explain(self, case: CaseResult, *, blocked: bool = False) -> None:
        self._explained = True
        if blocked:  # no test has run yet: what its author would advise has nothing to do with it
            case = msgspec.structs.replace(case, feedback=msgspec.structs.replace(case.feedback, hint="", test=""))
        parts: list[RenderableType] = [Padding(part, (0, 0, 0, 6)) for part in self._feedback(case)]
        if not blocked:
            parts.insert(0, Padding(_marked("✗", Text(_title(case)), "red"), (0, 0, 0, 4)))
        self._console.print(Group(*parts))

    def _feedback(self, case: CaseResult) -> Iterator[Text]:
        """What is wrong, where, and what helps."""
        said = case.feedback
        if said.message:
            yield Text(safe_block(excerpt(said.message, lines=10, characters=2000)), "bold")
        for text in (said.detail, figures.raised(case)):
            if text:
                yield Text(safe_block(excerpt(text)))
        for frame in said.frames[-_FRAMES:]:
            place = f"{self._path(frame.file)}:{frame.line}" if frame.line else self._path(frame.file)
            yield Text.assemble((place, "cyan"), f"  {safe(short(frame.source, 200))}", no_wrap=True)
        if said.test:
            yield Text.assemble((self._path(said.test), "cyan"), ("  the test", "dim"), no_wrap=True)
        if said.hint:
            yield Text(f"hint: {safe_block(said.hint)}", "italic")
        if said.output:
            yield Text(f"printed: {safe_block(excerpt(said.output, lines=10, characters=2000))}", "dim")

    def _next(self, done: Sequence[Checked]) -> Text:
        """The first question that is not done, and where to go on."""
        undone = [checked for checked in done if checked.failed]
        if not undone:
            tested = [checked for checked in done if checked.cases]
            what = "All public tests pass" if len(tested) > 1 else "All its public tests pass"
            if not tested:
                what = "No public test can tell whether this is right"
            return Text(f"{what}. Grading runs hidden ones, too: other shapes, edge cases. Hand in: autograder submit")
        begun = [checked for checked in undone if checked.state is not State.NOT_STARTED]
        first = (begun or undone)[0]
        if first.state is State.NOT_STARTED:
            where = f"begin at {self._place(first.question)}; README.md explains it"
        else:
            case = first.blocked_by or first.failed[0]
            frames = case.feedback.frames
            place = f"{self._path(frames[-1].file)}:{frames[-1].line}" if frames else self._place(first.question)
            where = f"mend {place}, then check again: autograder check {first.question.id}"
            if first.question.hints:
                where += f"  (stuck? autograder hint {first.question.id})"
        return Text.assemble(("next: ", "bold"), f"{safe(first.question.id)}, {where}")

    def _place(self, question: Question) -> str:
        """The student's file, with the line of the question's heading if it still has it."""
        path = self._workspace.folder / question.file
        parts = sections(path.read_bytes().decode("utf-8", "replace")) if path.is_file() else []
        lines = [part.first for part in parts if part.question_id == question.id]
        return f"{self._path(question.file)}:{lines[0]}" if lines else self._path(question.file)

    def _path(self, file: str) -> str:
        return safe(file if self._prefix == "." or file.startswith("cell ") else f"{self._prefix}/{file}")


def notes(workspace: Workspace, submission: Submission) -> list[str]:
    """What stands out before anything runs."""
    changed = workspace.changed_tests()
    return [*submission.notes, *(f"{name} is not as you received it; grading uses its own copy" for name in changed)]


class JsonCheck:
    """One JSON line for each question."""

    def __init__(self) -> None:
        self._notes: list[str] = []

    def start(self, workspace: Workspace, submission: Submission) -> None:
        """Nothing is printed: notes come with the questions."""
        self._notes = notes(workspace, submission)

    def question(self, checked: Checked) -> Checked:
        """One question."""
        line = {
            "question": checked.question.id,
            "title": checked.question.title,
            "state": checked.state.value,
            "passed": checked.passed,
            "notes": self._notes,
            "tests": [
                {
                    "name": case.name,
                    "title": case.title,
                    "outcome": case.outcome.value,
                    "message": case.feedback.message,
                    "detail": case.feedback.detail,
                    "error": case.feedback.error,
                    "hint": case.feedback.hint,
                    "frames": [f"{frame.file}:{frame.line}" for frame in case.feedback.frames],
                    "test": case.feedback.test,
                    "output": case.feedback.output,
                }
                for case in checked.cases
            ],
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        return checked

    def finish(self, done: Sequence[Checked]) -> None:
        """Nothing: there is a line for each question."""


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
        commands.insert(0, (f'cd "{folder}"' if " " in folder else f"cd {folder}", ""))
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
    for question in workspace.assignment.questions:
        sign, state = _progress(workspace, question, known.get(question.id))
        title = f"{question.id:5}{question.title}{' (bonus)' if question.bonus else ''}"
        table.add_row(sign, safe(title), number(question.points), state)
    console.print(table)


def _progress(workspace: Workspace, question: Question, progress: Progress | None) -> tuple[Text, Text]:
    if progress is not None and progress.state is State.UNTESTED:
        return Text("–", "dim"), Text("no public tests", "dim")
    if progress is None or not progress.tests:
        said = "not started" if workspace.is_untouched(question.file) else "not checked yet"
        return Text("○", "dim"), Text(said, "dim")
    sign, style = _SIGNS[progress.state]
    said = f"{progress.passed} of {progress.tests}"
    if progress.state in (State.NOT_STARTED, State.BLOCKED):
        said = "not started" if progress.state is State.NOT_STARTED else "blocked"
    if progress.digest != digest(workspace, question):
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
        console.print(_marked(f"{index}.", Text(safe_block(text), style), style))
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
    states = {
        question: _progress(workspace, question, known.get(question.id)) for question in workspace.assignment.questions
    }
    undone = [question for question, (sign, _) in states.items() if sign.plain not in "✓–"]
    table = Table.grid(padding=(0, 2))
    for question in undone:
        table.add_row(states[question][0], safe(f"{question.id} {question.title}"), states[question][1])
    if undone:
        console.print("Not all of it passes the public tests, as far as was checked:", markup=False)
        console.print(Padding(table, (0, 0, 0, 2)))
    console.print("Upload this file where your course collects work. Pack it again if you change something.")


def _title(case: CaseResult) -> str:
    return safe(case.title or case.name)


def _marked(sign: str, text: Text, style: str) -> Table:
    """Text that hangs behind a sign."""
    row = Table.grid(padding=(0, 1, 0, 0))
    row.add_column(no_wrap=True)
    row.add_column()
    row.add_row(Text(sign, style), text)
    return row

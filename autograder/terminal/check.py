"""What students see of a check: each question in a line, what does not hold, and one thing to do next."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from autograder.model import CaseResult, Outcome, Question, Submission
from autograder.report import figures
from autograder.report.safe import excerpt, safe, safe_block, short
from autograder.terminal.next import Places, next_step
from autograder.terminal.signs import SIGNS, marked
from autograder.workspace.folder import Workspace
from autograder.workspace.state import Checked, State

_FRAMES = 4  # of the student's own lines, the innermost last


class CheckDisplay:
    """A check for people.

    Args:
        workspace: what is checked.
        here: the current folder; places are given relative to it, so that editors find them.
        in_full: show everything about every test that fails, not only about the first.
        watching: whether a save checks again by itself.
    """

    def __init__(self, workspace: Workspace, here: Path, *, in_full: bool, watching: bool = False) -> None:
        self._workspace = workspace
        self._places = Places(workspace, here)
        self._in_full = in_full
        self._watching = watching
        self._explained = self._told = False
        self._console = Console(highlight=False, soft_wrap=False)
        self._width = max(len(question.title) for question in workspace.assignment.questions)

    def start(self, workspace: Workspace, submission: Submission) -> None:
        """The lab's title, and what stands out before anything runs."""
        self._explained = False
        self._places.submission = submission
        self._console.print(Text(safe(workspace.assignment.title), "bold"))
        for note in notes(workspace, submission):
            text = f"note: {safe_block(excerpt(note, lines=3, characters=600))}"
            self._console.print(Text(text, "yellow"), soft_wrap=True)
        self._console.print()

    @contextlib.contextmanager
    def alive(self, question: Question, number: int) -> Iterator[None]:
        """On a terminal, says which test runs once it has taken a second."""
        done = threading.Event()

        def show() -> None:
            seconds = 0
            while not done.wait(1.0):
                seconds += 1
                sys.stdout.write(f"\r{question.id}: test {number} has run for {seconds} s\x1b[K")
                sys.stdout.flush()
            if seconds:
                sys.stdout.write("\r\x1b[K")
                sys.stdout.flush()

        if not self._console.is_terminal:
            yield
            return
        watcher = threading.Thread(target=show, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    def unsaved(self, workspace: Workspace) -> None:
        """Said once: `list` and `submit` will not know of this check."""
        if not self._told:
            self._told = True
            text = f"note: {safe(workspace.state.name)} cannot be written to, so `list` will not know of this check"
            self._console.print(Text(text, "yellow"), soft_wrap=True)

    def question(self, checked: Checked) -> Checked:
        """One question, as soon as it is known."""
        sign, style = SIGNS[checked.state]
        question = checked.question
        line = Text.assemble(
            (f"{sign} {safe(question.id):5}", style), f"{safe(question.title):{self._width}}  ", self._state(checked)
        )
        self._console.print(line, soft_wrap=True)
        for picture in checked.pictures:
            self._console.print(Text.assemble("    look at ", (self._places.path(picture), "cyan")), soft_wrap=True)
        if checked.state is State.BLOCKED and checked.blocked_by is not None:
            self._explain(checked.blocked_by, blocked=True)
        elif checked.state is State.FAILED:
            for cases in _alike(checked.failed):
                if self._in_full or not self._explained:
                    self._explain(cases[0], count=len(cases))
                else:
                    message = cases[0].feedback.message or figures.WORDS[cases[0].outcome].word
                    text = f"{_title(cases[0]).rstrip('.')}: {safe(short(message, 120))}{_times(len(cases))}"
                    self._console.print(Padding(marked("✗", Text(text), "red"), (0, 0, 0, 4)))
        if checked.not_run:
            tests = "test was" if checked.not_run == 1 else f"{checked.not_run} tests were"
            text = f"two tests in a row took too long, so the other {tests} not run"
            self._console.print(Padding(Text(text, "dim"), (0, 0, 0, 4)))
        return checked

    def finish(self, done: Sequence[Checked]) -> None:
        """One thing to do next."""
        self._console.print()
        told = next_step(self._workspace, done, self._places, watching=self._watching)
        for line in told.splitlines():
            head, colon, rest = line.partition("next: ")
            self._console.print(Text.assemble(head, (colon, "bold"), rest), soft_wrap=True)

    def waiting(self, count: int) -> None:
        """Nothing to do until a file changes."""
        self._console.print(Text(f"\nWatching {count} files; Ctrl-C ends.", "dim"))

    def clear(self, changed: Sequence[str]) -> None:
        """A new round."""
        if self._console.is_terminal:
            self._console.clear()
        text = f"{datetime.now().astimezone():%H:%M:%S}  {', '.join(map(safe, changed[:5]))} changed"
        self._console.print(Text(text, "dim"), soft_wrap=True)

    def _state(self, checked: Checked) -> Text:
        count = len(checked.cases) + checked.not_run
        if checked.state is State.PASSED:
            return Text(f"all {count} public tests passed" if count > 1 else "its public test passed", "green")
        if checked.state is State.UNTESTED:
            return Text("has no public tests; grading has hidden ones", "dim")
        if checked.state is State.NOT_STARTED:
            return Text(f"not started; {self._places.of(checked.question)}", "dim")
        if checked.state is State.BLOCKED:
            return Text("cannot be tested yet", "red")
        return Text(f"{checked.passed} of {count} public tests passed", "red")

    def _explain(self, case: CaseResult, *, blocked: bool = False, count: int = 1) -> None:
        self._explained = True
        # A test's author advises on wrong answers; where code raised, that has nothing to do with it.
        if blocked or case.outcome is Outcome.ERROR:
            test = "" if blocked else case.feedback.test
            case = msgspec.structs.replace(case, feedback=msgspec.structs.replace(case.feedback, hint="", test=test))
        parts: list[RenderableType] = [Padding(part, (0, 0, 0, 6)) for part in self._feedback(case)]
        if not blocked:
            title = Text(f"{_title(case)}{_times(count)}")
            parts.insert(0, Padding(marked("✗", title, "red"), (0, 0, 0, 4)))
        self._console.print(Group(*parts))

    def _feedback(self, case: CaseResult) -> Iterator[Text]:
        """What is wrong, where, and what helps."""
        said = case.feedback
        raised = figures.raised(case)
        message = raised if raised and said.message == f"raised {raised.partition(':')[0]}" else said.message
        if message:
            yield Text(safe_block(excerpt(message, lines=10, characters=2000)), "bold")
        for text in (said.detail, raised if raised != message else ""):
            if text:
                yield Text(safe_block(excerpt(text)))
        for frame in said.frames[-_FRAMES:]:
            place = f"{self._places.path(frame.file)}:{frame.line}" if frame.line else self._places.path(frame.file)
            yield Text.assemble((place, "cyan"), f"  {safe(short(frame.source, 200))}", no_wrap=True)
        if said.test:
            yield Text.assemble((self._places.path(said.test), "cyan"), ("  the test", "dim"), no_wrap=True)
        if said.hint:
            yield Text(f"hint: {safe_block(said.hint)}", "italic")
        if said.output:
            yield Text(f"printed: {safe_block(excerpt(said.output, lines=10, characters=2000))}", "dim")


def notes(workspace: Workspace, submission: Submission) -> list[str]:
    """What stands out before anything runs."""
    given = workspace.given()
    missing = [name for name in given if not (workspace.folder / name).is_file()]
    changed = [name for name in given if name not in missing and not workspace.is_untouched(name)]
    said = [*submission.notes, *(f"{name} is not as you received it; grading uses its own copy" for name in changed)]
    if missing:
        tests = [name for name in missing if name.startswith("tests/")]
        what = missing[0] if len(missing) == 1 else f"{missing[0]} and {len(missing) - 1} more"
        back = "tests" if len(tests) > 1 else missing[0]
        verb = "is missing" if len(missing) == 1 else "are missing"
        said.append(f"{what} {verb}; put {'it' if len(missing) == 1 else 'them'} back: autograder reset {back}")
    return said


def _alike(cases: Sequence[CaseResult]) -> list[list[CaseResult]]:
    """The cases in groups that ended in just the same way, in order: the same exception at the same line, whatever
    sizes it names, is the same.
    """
    groups: dict[object, list[CaseResult]] = {}
    for case in cases:
        said = case.feedback
        error = said.error.partition(":")[0] if said.frames else said.error
        groups.setdefault((case.outcome, said.message, said.detail, error, said.frames), []).append(case)
    return list(groups.values())


def _times(count: int) -> str:
    return f" ({count} tests)" if count > 1 else ""


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
            "not_run": checked.not_run,
            "pictures": list(checked.pictures),
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

    def unsaved(self, workspace: Workspace) -> None:
        """Nothing: who reads this keeps it."""

    def finish(self, done: Sequence[Checked]) -> None:
        """Nothing: there is a line for each question."""


def _title(case: CaseResult) -> str:
    return safe(case.title or case.name)

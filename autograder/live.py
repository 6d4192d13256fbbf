"""`autograder.check("1.6")` in a notebook: the cells as this kernel ran them, checked in a process of their own.

`python -m autograder.live` is that process: it reads a request from standard input, and writes a JSON line for each
question.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import AutograderError
from autograder.headings import questions_in
from autograder.model import Assignment, CaseResult, Cell, Feedback, Outcome, Question, Submission, Visibility
from autograder.notebook import has_work
from autograder.notebook.history import executed_cells, plain_cells
from autograder.workspace.state import UNRUN, Checked

if TYPE_CHECKING:
    from autograder.workspace.checker import Checker

_STYLE = {
    "passed": "#1a7f37",
    "failed": "#cf222e",
    "blocked": "#cf222e",
    "not started": "#6e7781",
    "untested": "#6e7781",
}
_SIGNS = {"passed": "✓", "failed": "✗", "blocked": "✗", "not started": "○", "untested": "–"}
_STATES = {
    "blocked": "cannot be tested yet",
    "not started": "not started",
    "untested": "has no public tests; grading has hidden ones",
}


class LiveCheck:
    """What the public tests say; a notebook shows it as HTML, a terminal as text.

    Attributes:
        questions: one entry for each question, as `autograder check --json` prints it.
        problem: why nothing could be checked; empty otherwise.
        next_step: what to do next.
    """

    def __init__(self, questions: list[dict[str, Any]], problem: str = "", next_step: str = "") -> None:
        self.questions = questions
        self.problem = problem
        self.next_step = next_step

    @property
    def passed(self) -> bool:
        """Whether every test of every question passed."""
        return not self.problem and all(entry["state"] == "passed" for entry in self.questions)

    def __repr__(self) -> str:
        return "\n".join(text for _, text in _lines(self))

    def _repr_html_(self) -> str:
        rows = [f'<div style="{style}">{html.escape(text.lstrip())}</div>' for style, text in _lines(self)]
        return f'<div style="white-space: pre-wrap; line-height: 1.5">{"".join(rows)}</div>'


def check(*questions: str) -> LiveCheck:
    """Run the public tests of some questions, all if none are named, on the cells that were run so far.

    A question is named by its id (`"1.6"`) or a part of its title (`"softmax"`). Outside of a notebook, the .py files
    of the current folder are checked.
    """
    wrong = [name for name in questions if not isinstance(name, str)]
    if wrong:
        return LiveCheck([], f'put quotes around it: autograder.check("{wrong[0]}")')
    cells = executed_cells()
    request = {"folder": str(Path.cwd()), "questions": questions, "cells": cells}
    run = subprocess.run(
        [sys.executable, "-m", "autograder.live"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    if run.returncode != 0:
        said = run.stderr.strip().splitlines()
        return LiveCheck([], said[-1] if said else f"the check ended with exit status {run.returncode}")
    *entries, last = [json.loads(line) for line in run.stdout.splitlines()]
    return LiveCheck(entries, next_step=last["next"])


def _lines(result: LiveCheck) -> list[tuple[str, str]]:
    """Style and text of each line."""
    if result.problem:
        return [(f"color: {_STYLE['failed']}", result.problem)]
    lines: list[tuple[str, str]] = []
    for entry in result.questions:
        state = entry["state"]
        counted = f"{entry['passed']} of {len(entry['tests']) + entry.get('not_run', 0)} public tests passed"
        said = _STATES.get(state, counted)
        head = f"{_SIGNS[state]} {entry['question']} {entry['title']}: {said}"
        lines.append((f"font-weight: bold; color: {_STYLE[state]}", head))
        failed = [test for test in entry["tests"] if test["outcome"] not in ("passed", "skipped")]
        shown: dict[tuple[str, ...], list[dict[str, Any]]] = {}  # tests that ended in the same way
        for test in failed if state != "not started" else ():
            error = test["error"].partition(":")[0] if test["frames"] else test["error"]
            shown.setdefault((test["message"], test["detail"], error, *test["frames"]), []).append(test)
        for tests in shown.values():
            if state != "blocked":
                count = f" ({len(tests)} tests)" if len(tests) > 1 else ""
                lines.append((f"margin-left: 1em; color: {_STYLE['failed']}", f"  ✗ {tests[0]['title']}{count}"))
            hint = f"hint: {tests[0]['hint']}" if tests[0]["hint"] and tests[0]["outcome"] == "failed" else ""
            lines += [
                ("margin-left: 2.5em", f"    {line}")
                for line in "\n".join([*_said(tests[0]), hint]).strip("\n").splitlines()
            ]
    return [*lines, *(("", line) for line in result.next_step.splitlines())]


def _said(test: dict[str, Any]) -> list[str]:
    """What is wrong and where, each thing once."""
    raised = test["error"]
    message = raised if raised and test["message"] == f"raised {raised.partition(':')[0]}" else test["message"]
    said = (message, test["detail"], raised if raised not in message else "", *test["frames"])
    return list(dict.fromkeys(filter(None, said)))


def _unready(question: Question, cells: Sequence[Cell], assignment: Assignment) -> Checked | None:
    """What keeps a question's cells from being tested: none was run, or one is not Python."""
    headed = [cell for cell in cells if question.id in questions_in(cell.source)]
    message = "" if headed or has_work(cells, question, assignment) else UNRUN
    for cell in headed:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(cell.source, "<cell>", "exec", dont_inherit=True)
        except SyntaxError as problem:
            message = f"cell {cell.number} line {problem.lineno}: SyntaxError: {problem.msg}"
        except (ValueError, RecursionError, MemoryError) as problem:
            message = f"cell {cell.number}: is not Python: {problem}"
    case = CaseResult(question.id, "", "", Visibility.PUBLIC, Outcome.ERROR, feedback=Feedback(message))
    return Checked(question, (case,)) if message else None


def main() -> None:
    """Check what standard input asks for."""
    from autograder.terminal.check import JsonCheck
    from autograder.terminal.next import Places, next_step
    from autograder.workspace.checker import checking
    from autograder.workspace.folder import find_workspace
    from autograder.workspace.names import pick_questions

    request = json.loads(sys.stdin.buffer.read())
    here = Path(request["folder"])
    try:
        workspace = find_workspace(here)
        questions = pick_questions(workspace, request["questions"])
        submission = workspace.read()
        early: dict[str, Checked | None] = {}
        if request["cells"] is not None:
            names = [name for name in workspace.own_files() if name.endswith(".py")]
            helpers = [name for name in names if name not in workspace.assignment.files]
            files = {name: (workspace.folder / name).read_bytes() for name in helpers}
            submission = Submission("you", files, plain_cells(request["cells"]))
            early = {each.id: _unready(each, submission.cells, workspace.assignment) for each in questions}
        display = JsonCheck()

        def rounds(checker: Checker) -> list[Checked]:
            done = []
            for question in questions:
                known = early.get(question.id)
                done += [known] if known else list(checker.check(submission, [question]))
            return [display.question(checked) for checked in done]

        done = checking(workspace, rounds)
        places = Places(workspace, here)
        places.submission = submission
        told = re.sub(r"autograder check (\S+)", r'autograder.check("\1")', next_step(workspace, done, places))
        print(json.dumps({"next": told}))
    except AutograderError as problem:
        sys.exit(f"autograder: {problem}")


if __name__ == "__main__":
    main()

"""`autograder.check("1.6")` in a notebook: the cells as this kernel ran them, checked in a process of their own.

`python -m autograder.live` is that process: it reads a request from standard input, and writes a JSON line for each
question.
"""

from __future__ import annotations

import html
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError, SubmissionError
from autograder.headings import questions_in
from autograder.model import Cell, Submission
from autograder.notebook import read_notebook

_STYLE = {"passed": "#1a7f37", "failed": "#cf222e", "blocked": "#cf222e", "not started": "#6e7781"}
_SIGNS = {"passed": "✓", "failed": "✗", "blocked": "✗", "not started": "○"}


class LiveCheck:
    """What the public tests say; a notebook shows it as HTML, a terminal as text.

    Attributes:
        questions: one entry for each question, as `autograder check --json` prints it.
        problem: why nothing could be checked; empty otherwise.
    """

    def __init__(self, questions: list[dict[str, Any]], problem: str = "") -> None:
        self.questions = questions
        self.problem = problem

    @property
    def passed(self) -> bool:
        """Whether every test of every question passed."""
        return not self.problem and all(entry["state"] == "passed" for entry in self.questions)

    def __repr__(self) -> str:
        return "\n".join(text for _, text in _lines(self))

    def _repr_html_(self) -> str:
        rows = [f'<div style="{style}">{html.escape(text)}</div>' for style, text in _lines(self)]
        return f'<div style="white-space: pre-wrap; line-height: 1.5">{"".join(rows)}</div>'


def check(*questions: str) -> LiveCheck:
    """Run the public tests of some questions, all if none are named, on the cells that were run so far.

    A question is named by its id (`"1.6"`) or a part of its title (`"softmax"`). Outside of a notebook, the .py files
    of the current folder are checked.
    """
    cells = _executed_cells()
    request = {"folder": str(Path.cwd()), "questions": questions, "cells": cells}
    run = subprocess.run(
        [sys.executable, "-m", "autograder.live"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode != 0:
        said = run.stderr.strip().splitlines()
        return LiveCheck([], said[-1] if said else f"the check ended with exit status {run.returncode}")
    return LiveCheck([json.loads(line) for line in run.stdout.splitlines()])


def _executed_cells() -> list[tuple[int, str]] | None:
    """Number and text of each cell that this kernel has run, only the last of those for the same question."""
    try:
        shell = sys.modules["IPython"].get_ipython()
    except KeyError:
        return None
    if shell is None:
        return None
    latest: dict[object, tuple[int, str]] = {}
    for number, source in enumerate(shell.history_manager.input_hist_raw):
        if source.strip():
            key = tuple(questions_in(source)) or source
            latest.pop(key, None)  # to the end: what was run last counts
            latest[key] = (number, source)
    return list(latest.values())


def _lines(result: LiveCheck) -> list[tuple[str, str]]:
    """Style and text of each line."""
    if result.problem:
        return [(f"color: {_STYLE['failed']}", result.problem)]
    lines = []
    for entry in result.questions:
        state = entry["state"]
        counted = f"{entry['passed']} of {len(entry['tests'])} public tests passed"
        said = counted if state in ("passed", "failed") else state
        head = f"{_SIGNS[state]} {entry['question']} {entry['title']}: {said}"
        lines.append((f"font-weight: bold; color: {_STYLE[state]}", head))
        failed = [test for test in entry["tests"] if test["outcome"] not in ("passed", "skipped")]
        shown = [] if state == "not started" else failed[:1] if state == "blocked" else failed
        for test in shown:
            if state != "blocked":
                lines.append((f"margin-left: 1em; color: {_STYLE['failed']}", f"  ✗ {test['title']}"))
            said_more = [test["message"], test["detail"], test["error"], *test["frames"]]
            hint = f"hint: {test['hint']}" if test["hint"] and state != "blocked" else ""
            said_once = dict.fromkeys(filter(None, [*said_more, hint]))
            lines += [("margin-left: 2.5em", f"    {text}") for text in said_once]
    return lines


def _read_cells(cells: Sequence[tuple[int, str]]) -> tuple[Cell, ...]:
    """The cells without what only a notebook's shell understands."""
    kept = []
    for number, source in cells:
        document = {"nbformat": 4, "cells": [{"cell_type": "code", "source": source}]}
        try:
            kept += [Cell(number, cell.source) for cell in read_notebook(json.dumps(document).encode()).cells]
        except SubmissionError:
            continue  # a cell that grading would refuse by itself, say one that writes a file with a strange name
    return tuple(kept)


def main() -> None:
    """Check what standard input asks for."""
    from autograder.terminal.check import JsonCheck
    from autograder.workspace.checker import checking
    from autograder.workspace.folder import find_workspace, pick_questions

    request = json.loads(sys.stdin.buffer.read())
    try:
        workspace = find_workspace(Path(request["folder"]))
        questions = pick_questions(workspace, request["questions"])
        submission = workspace.read()
        if request["cells"] is not None:
            names = [name for name in workspace.own_files() if name.endswith(".py")]
            helpers = [name for name in names if name not in workspace.assignment.files]
            files = {name: (workspace.folder / name).read_bytes() for name in helpers}
            submission = Submission("you", files, _read_cells(request["cells"]))
        display = JsonCheck()
        checking(workspace, lambda checker: [display.question(one) for one in checker.check(submission, questions)])
    except AutograderError as problem:
        sys.exit(f"autograder: {problem}")


if __name__ == "__main__":
    main()

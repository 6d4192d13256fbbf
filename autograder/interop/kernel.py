"""What the test cells of an nbgrader or otter notebook call; it runs in the student's process.

The cells that were run so far go to a process of their own, where the suite is, and which runs them in workers, as
grading does. Only the verdict comes back here. These platforms take it from this process, so a student's code that
wants to can change it: docs/platforms.md says what that means.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError, GraderFault
from autograder.interop.hidden import FOLDER, PUBLIC_FOLDER, find_hidden
from autograder.notebook.history import executed_cells


class CaseFailed(Exception):
    """A test did not pass; the text says why."""


def test(lab: str, question: str) -> float:
    """Test a question on the cells that were run so far, print what did not pass, and return the points.

    Args:
        lab: the assignment's id.
        question: its id.

    Returns: the question's points, as grading gives them. Where only public tests are, their share of the points; all
        of them where the question has none.

    Raises:
        GraderFault: the grader failed, so the points are not known.
    """
    if _is_worker():
        return 0.0
    answer = _of(lab).ask(question)
    cases = answer["cases"]
    for case in cases:
        if not case["passed"]:
            print(f"✗ {case['title']}\n{_indented(_why(case))}")
    passed = sum(case["passed"] for case in cases)
    print(f"{question}: {passed} of {len(cases)} tests passed" if cases else f"{question}: has no public tests")
    if answer["open_points"]:
        raise GraderFault(f"{question}: the grader failed, not you; {answer['open_points']:g} points are open")
    return float(answer["points"] if cases else answer["max_points"])


def case(lab: str, question: str, name: str) -> None:
    """One case of a question, for platforms that count case by case; its question runs as a whole, once.

    Raises:
        CaseFailed: it did not pass; the text says why.
        GraderFault: the grader failed.
    """
    if _is_worker():
        return
    found = _of(lab).case(question, name)
    if found["passed"]:
        return
    if found["word"] == "grader error":
        raise GraderFault(f"{found['title']}: the grader failed, not you; tell the staff")
    raise CaseFailed(f"{found['title']}\n{_indented(_why(found))}")


def use_hidden_tests(lab: str, digest: str) -> None:
    """From now on use the hidden tests, too: those of the folder `hidden_tests/<lab>` with this digest.

    Raises:
        AutograderError: there is no such folder here or above.
    """
    if _is_worker():
        return
    running = _running.get(lab)
    if running is not None and running.digest == digest:
        return
    folder = find_hidden(lab, digest, Path.cwd())
    if folder is None:
        raise AutograderError(
            f"no folder {FOLDER}/{lab} with the tests that this notebook was made with, neither in {Path.cwd()} nor "
            "above: put it there, or release the lab again"
        )
    if running is not None:
        running.close()
    _running[lab] = _Running(folder, digest)


class _Running:
    """The process with one folder's suite, started when it is first asked."""

    def __init__(self, folder: Path, digest: str = "") -> None:
        self.digest = digest
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the process
        self._left: dict[tuple[str, str], dict[str, Any]] = {}  # cases that were run and not asked for yet

    def ask(self, question: str) -> dict[str, Any]:
        """The answer on a question.

        Raises:
            GraderFault: there is none.
        """
        process = self._process = self._process or self._start()
        assert process.stdin is not None  # noqa: S101 - they are pipes
        assert process.stdout is not None  # noqa: S101
        request = {"question": question, "cells": executed_cells() or [], "files": _helpers()}
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        except BaseException:  # interrupted: its answer would be taken for the next one's
            process.kill()
            self._last_words()
            raise
        if not line:
            raise GraderFault(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def case(self, question: str, name: str) -> dict[str, Any]:
        """One case; each result is given once, so that asking again runs the question again."""
        if (question, name) not in self._left:
            self._left = {(question, found["name"]): found for found in self.ask(question)["cases"]}
        try:
            return self._left.pop((question, name))
        except KeyError:
            raise GraderFault(f"there is no test {name}; release the lab again") from None

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        self._errors.close()

    def _last_words(self) -> str:
        """What the process said before it ended; the next question starts another one."""
        if self._process is not None:
            self._process.communicate()
            self._process = None
        self._errors.seek(0)
        said = self._errors.read().strip().splitlines()
        return said[-1] if said else "the process with the tests has ended"

    def _start(self) -> subprocess.Popen[str]:
        engine = Path(__file__).parents[2]
        carried = {"PYTHONPATH": str(engine), "AUTOGRADER_ENGINE": str(engine)} if engine.parent.name == FOLDER else {}
        command = [sys.executable, "-P", "-m", "autograder.interop.server", str(self._folder)]
        return subprocess.Popen(  # -P: nothing is imported from the folder of the notebook
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **carried},
        )


_running: dict[str, _Running] = {}


@atexit.register
def _close() -> None:
    for running in _running.values():
        running.close()


def _of(lab: str) -> _Running:
    """The suite of a lab: the hidden one, or the public tests beside the notebook.

    Raises:
        AutograderError: they are not there.
    """
    if lab not in _running:
        folder = Path.cwd() / PUBLIC_FOLDER / lab
        if not folder.is_dir():
            raise AutograderError(f"{folder}: not there; it is handed out with the notebook, and lies beside it")
        _running[lab] = _Running(folder)
    return _running[lab]


def _helpers() -> dict[str, str]:
    """The student's own modules beside the notebook."""
    return {
        path.name: path.read_text("utf-8", "replace")
        for path in sorted(Path.cwd().glob("*.py"))
        if path.name not in ("__init__.py", "probes.py")
    }


def _is_worker() -> bool:
    """Whether a notebook's cells are being run for a test: their own calls are not run again there."""
    return "autograder.worker.session" in sys.modules


def _why(case: dict[str, Any]) -> str:
    return str(case["text"] or case["word"])


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())

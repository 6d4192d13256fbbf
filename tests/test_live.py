"""`autograder.check` in a notebook: what was run last counts, as grading would read it."""

import json
import subprocess
import sys

import pytest

from autograder import live
from autograder.course import load_assignment, load_course
from autograder.live import LiveCheck
from autograder.release import build_zip
from autograder.workspace.start import start_lab

SESSION = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.history_manager.enabled = False
for cell in json.loads(sys.argv[1]):
    shell.run_cell(cell, store_history=True)
result = shell.user_ns["result"]
print(json.dumps({"passed": result.passed, "text": repr(result), "html": result._repr_html_()}))
"""


@pytest.fixture
def lab(make_course, tmp_path):
    course = make_course(public=PUBLIC)
    (tmp_path / "tiny.zip").write_bytes(build_zip(load_assignment(load_course(course), "tiny")))
    return start_lab("tiny.zip", tmp_path).folder


PUBLIC = '''from autograder.testing import assert_close, hint, question


@question("1")
def test_one(student):
    """one() is 1."""
    assert_close(student.one(), 1.0)


@question("2")
@hint("Add <it> to itself.")
def test_two(student):
    """two(x) is twice x."""
    assert_close(student.two(2.0), 4.0, what="two")
'''

ONE = "# ---- Question 1: One ----\ndef one():\n    return 1"
TWO_WRONG = "# ---- Question 2: Two ----\ndef two(x):\n    return x"
TWO_RIGHT = "# ---- Question 2: Two ----\ndef two(x):\n    return x + x"
CHECK = "import autograder\nresult = autograder.check({})"


def session(lab, *cells):
    """What the last cell's `result` shows, in a real IPython."""
    pytest.importorskip("IPython")
    run = subprocess.run(
        [sys.executable, "-c", SESSION, json.dumps(cells)], capture_output=True, text=True, cwd=lab, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_the_cell_that_was_run_last_counts(lab):
    """An earlier version of the same question is not run again."""
    wrong = session(lab, ONE, TWO_WRONG, CHECK.format('"2"'))
    assert not wrong["passed"]
    assert "✗ 2 Two: 0 of 1 public tests passed" in wrong["text"]
    assert "hint: Add &lt;it&gt; to itself." in wrong["html"]
    right = session(lab, TWO_WRONG, CHECK.format('"2"'), TWO_RIGHT, ONE, CHECK.format(""))
    assert right["passed"], right["text"]
    assert right["text"].splitlines() == [
        "✓ 1 One: 1 of 1 public tests passed",
        "✓ 2 Two: 1 of 1 public tests passed",
        "All public tests pass. Grading runs hidden ones, too: other shapes, edge cases. Hand in: autograder submit",
    ]


def test_magics_and_failing_cells_do_not_take_the_rest_along(lab):
    """As in grading; a frame names the cell by its number in the kernel."""
    shown = session(
        lab,
        "%matplotlib nonsense",
        "1 / 0",
        "!true",
        ONE,
        "# ---- Question 2: Two ----\ndef two(x):\n    return y",
        CHECK.format(""),
    )
    assert "✓ 1 One" in shown["text"]
    assert "NameError: name 'y' is not defined" in shown["text"]
    assert "cell 5:3" in shown["text"]


def test_a_syntax_error_in_a_questions_cell_is_said_once(lab):
    """And which cell was never run; then what to do next, as in a terminal."""
    shown = session(lab, "# ---- Question 2: Two ----\ndef two(x:\n    return x", CHECK.format(""))["text"]
    assert shown.splitlines() == [
        "✗ 1 One: cannot be tested yet",
        "    its cell has not been run",
        "✗ 2 Two: cannot be tested yet",
        "    cell 1 line 2: SyntaxError: '(' was never closed",
        'next: 1, run its cell, then check again: autograder.check("1")',
    ]


def test_a_number_needs_quotes(monkeypatch):
    """1.10 would be 1.1."""
    assert repr(live.check(1.6)) == 'put quotes around it: autograder.check("1.6")'


def test_every_line_of_a_longer_message_is_indented():
    """Also what a detail continues with; the same for several tests comes once."""
    test = {
        "title": "T",
        "outcome": "failed",
        "message": "wrong",
        "detail": "a\nb",
        "error": "",
        "frames": [],
        "hint": "h",
    }
    entry = {"question": "1", "title": "One", "state": "failed", "passed": 0, "tests": [test, {**test, "title": "U"}]}
    assert repr(LiveCheck([entry])).splitlines()[1:] == [
        "  ✗ T (2 tests)",
        *(f"    {x}" for x in ("wrong", "a", "b", "hint: h")),
    ]


def test_what_cannot_be_checked_is_said(lab, tmp_path):
    """A name that means nothing; a folder without a lab."""
    assert 'no question "seven"' in session(lab, CHECK.format('"seven"'))["text"]
    (tmp_path / "empty" / "deep").mkdir(parents=True)
    assert "no lab here" in session(tmp_path / "empty" / "deep", CHECK.format(""))["text"]


def test_without_a_kernel_the_files_are_checked(lab):
    """In a plain Python the current folder counts."""
    (lab / "work.py").write_text(f"{ONE}\n\n\n{TWO_RIGHT}\n")
    code = "import autograder; r = autograder.check(); print(r); raise SystemExit(not r.passed)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=lab, check=False)
    assert run.returncode == 0, run.stderr
    assert "✓ 2 Two: 1 of 1 public tests passed" in run.stdout


def test_a_call_in_a_submission_does_nothing(lab):
    """A check in a file or cell that is being checked would start another, and so on."""
    (lab / "work.py").write_text(f"import autograder\nassert autograder.check() is None\n{ONE}\n\n\n{TWO_RIGHT}\n")
    run = subprocess.run(
        [sys.executable, "-m", "autograder", "check"], capture_output=True, text=True, cwd=lab, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_text_of_students_is_no_markup():
    """Whatever a message holds."""
    test = {
        "title": "<b>",
        "outcome": "failed",
        "message": "<script>",
        "detail": "",
        "error": "",
        "frames": [],
        "hint": "",
    }
    shown = LiveCheck([{"question": "1", "title": "<i>", "state": "failed", "passed": 0, "tests": [test]}])
    assert "<script>" not in shown._repr_html_()
    assert "<b>" not in shown._repr_html_()
    assert "<script>" in repr(shown)

"""A tiny course, written for each test as the test wants it."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell leaves it for jobs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)

SOLUTION = '''"""Ones and twos."""

# ---- Question 1: One ----
def one():
    """The number 1."""
    # BEGIN SOLUTION
    return 1.0 * 1
    # END SOLUTION


# ---- Question 2: Two ----
def two(x):
    """Twice x."""
    # BEGIN SOLUTION
    return x + x
    # END SOLUTION
'''

PUBLIC = '''from autograder.testing import assert_close, question


@question("1")
def test_one(student):
    """one() is 1."""
    assert_close(student.one(), 1.0)
'''

HIDDEN = '''from autograder.testing import assert_close, hint, question, weight


@question("2")
@weight(3)
@hint("Add it to itself.")
def test_two(student, rng):
    """two(x) is twice x."""
    x = rng.normal(size=3)
    assert_close(student.two(x), 2 * x, what="two")


@question("2")
def test_two_of_zero(student):
    """two(0) is 0."""
    assert_close(student.two(0.0), 0.0)
'''

ASSIGNMENT = """title: Ones and twos
seed: 5
preload: [numpy]
limits: {seconds: 2, import_seconds: 5, memory: 512 MiB}
questions:
  - {id: "1", title: One, file: work.py, points: 2}
  - {id: "2", title: Two, file: work.py, points: 4}
"""


def write_course(folder: Path, files: dict[str, str | None]) -> Path:
    """Write the tiny course into a folder; what is given replaces a file of it. Returns the folder of course.yaml."""
    content: dict[str, str | None] = {
        "assignments/course.yaml": "title: Tiny\nassignments: [tiny]\n",
        "assignments/tiny/assignment.yaml": ASSIGNMENT,
        "assignments/tiny/tests/public/test_work.py": PUBLIC,
        "assignments/tiny/tests/hidden/test_work.py": HIDDEN,
        "solutions/tiny/work.py": SOLUTION,
    }
    names = {
        "assignment": "assignments/tiny/assignment.yaml",
        "public": "assignments/tiny/tests/public/test_work.py",
        "hidden": "assignments/tiny/tests/hidden/test_work.py",
        "solution": "solutions/tiny/work.py",
        "probes": "assignments/tiny/probes.py",
        "handout": "assignments/tiny/README.md",
    }
    content.update({names[name]: text for name, text in files.items()})
    for path, text in content.items():
        if text is not None:
            target = folder / "course" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    return folder / "course" / "assignments"


@pytest.fixture
def make_course(tmp_path: Path) -> Callable[..., Path]:
    """Writes a course of one lab, `tiny`; what is given replaces a file of it. Returns the folder of course.yaml."""
    return lambda **files: write_course(tmp_path, files)

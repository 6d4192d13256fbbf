"""New courses, labs and questions: files that are green under `autograder verify` from the start.

Every question begins as one that works, a mean that does not overflow, with a reference, public and hidden tests, a
mutant and an equivalent for it; an author changes these one after the other and stays green.
"""

from __future__ import annotations

import json
import keyword
import re
from pathlib import Path
from typing import NamedTuple

import yaml

from autograder.course import ASSIGNMENT_FILE, COURSE_FILE, Course
from autograder.errors import CourseError

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

_LAB = """title: {title}
seed: {seed}                    # base of the hidden tests' random numbers
preload: [numpy]              # imported once, before any student code runs
feedback: {{before_due: hint, after_due: full}}
limits: {{seconds: 5, memory: 512 MiB}}
questions:
"""
_ENTRY = """  - id: {id}
    title: {title}
    file: {file}
    points: 10
    hints: ["What is the largest float?", "Divide before you add."]
"""
_HANDOUT = """# {title}

Say here what students do, and why. Each question's specification stands in the docstring of its stub.
"""
_REFERENCE = '''"""{title}."""

import numpy as np


# ---- Question {id}: {title} ----
def mean(x: np.ndarray) -> float:
    """The mean of the numbers in x, shape (N,), N at least 1; finite wherever it is a float. x is not changed."""
    # BEGIN SOLUTION
    return float((x / len(x)).sum())
    # END SOLUTION
'''
_PUBLIC = '''"""Question {id}: the tests that students get."""

import numpy as np

from autograder.testing import assert_close, hint, question

pytestmark = question({quoted})


@hint("Divide the sum by the number of elements.")
def test_three_numbers(student):
    """The mean of 1, 2 and 6 is 3."""
    assert_close(student.mean(np.array([1.0, 2.0, 6.0])), 3.0, what="the mean", rule="sum / N")
'''
_HIDDEN = '''"""Question {id}: the tests that grade."""

import math

from autograder.testing import assert_close, assert_equal, hint, question, weight

pytestmark = question({quoted})


@weight(2)
@hint("Their sum is no float: divide first.")
def test_large_numbers(student, rng):
    """The mean of numbers near the largest float is finite and right."""
    x = rng.uniform(0.5, 1.0, size=7) * 1.7e308
    expected = math.fsum(x / 7)
    assert_close(student.mean(x), expected, what="the mean of large numbers", rule="finite")


@hint("Work on a copy.")
def test_the_argument_stays_as_it_is(student, rng):
    """The argument is not changed."""
    x = rng.normal(size=5)
    before = x.copy()
    student.mean(x)
    assert_equal(x, before, what="x after the call")
'''
_MUTANTS = """# Mistakes that students make; `misconception` completes "Your result is what one gets when ...".

- name: divided_by_one_less
  misconception: the sum is divided by N - 1, as for a variance
  hint: A mean of N numbers divides by N.
  caught_by: public/test_{module}.py::test_three_numbers
  edits:
    - ["return float((x / len(x)).sum())", "return float((x / max(1, len(x) - 1)).sum())"]

- name: sum_first
  misconception: the sum is taken first, and overflows
  hint: Divide each number by N, then add.
  caught_by: hidden/test_{module}.py::test_large_numbers
  edits:
    - ["return float((x / len(x)).sum())", "return float(x.sum() / len(x))"]

- name: in_place
  misconception: the numbers are divided in the caller's own array
  hint: x / len(x) makes a new array; x /= len(x) changes the one that was given.
  caught_by: hidden/test_{module}.py::test_the_argument_stays_as_it_is
  edits:
    - ["return float((x / len(x)).sum())", "x /= len(x)\\nreturn float(x.sum())"]
"""
_EQUIVALENT = '''"""The running mean: each number moves it by its share."""


def mean(x):
    result = 0.0
    for count, value in enumerate(x, start=1):
        result += (value - result) / count
    return float(result)
'''


class NewQuestion(NamedTuple):
    """What a new question is called."""

    id: str  # e.g. "1.2"
    title: str
    file: str  # a new one, that students fill in, e.g. "losses.py"


def new_course(folder: Path, title: str) -> list[Path]:
    """A course without labs; the files that were written.

    Raises:
        CourseError: there is a course already, or the folder cannot be written.
    """
    path = folder / "assignments" / COURSE_FILE
    if path.exists():
        raise CourseError(f"{path}: there is a course already; add to it with `autograder new lab`")
    return _write({path: f"title: {json.dumps(title, ensure_ascii=False)}\nassignments: []\n"})


def new_lab(course: Course, lab: str, title: str, question: NewQuestion) -> list[Path]:
    """A lab with one question, listed in course.yaml; the files that were written.

    Args:
        course: which it joins.
        lab: its id, the name of its folders.
        title: for people.
        question: its first one.

    Raises:
        CourseError: an id or a file cannot be one, or is taken.
    """
    _check_id(lab)
    folder = course.folder / lab
    if lab in course.assignments or folder.exists():
        raise CourseError(f"{folder}: is there already; add to it with `autograder new question`")
    listing = course.folder / COURSE_FILE
    names = ", ".join([*course.assignments, lab])
    text, count = re.subn(
        r"(?m)^assignments: *\[.*?\] *$", f"assignments: [{names}]", listing.read_text(encoding="utf-8")
    )
    if count != 1:
        raise CourseError(f'{listing}: assignments: write them on one line, in [ ], so that "{lab}" can be added')
    files = _question_files(course, lab, question)
    head = _LAB.format(title=_quoted(title), seed=1000 + len(course.assignments))
    handout = {folder / "README.md": _HANDOUT.format(title=title)}
    return _write({listing: text, folder / ASSIGNMENT_FILE: head + _entry(question), **handout, **files})


def new_question(course: Course, lab: str, question: NewQuestion) -> list[Path]:
    """A question of a lab; the files that were written.

    Args:
        course: the course's files.
        lab: the id of the lab.
        question: what it is called.

    Raises:
        CourseError: an id or a file cannot be one, or is taken.
    """
    settings = course.folder / lab / ASSIGNMENT_FILE
    text = settings.read_text(encoding="utf-8")
    known = [entry.get("id") for entry in yaml.safe_load(text)["questions"]]
    if question.id in known:
        raise CourseError(f'{settings}: "{question.id}" is the id of a question already')
    if not re.search(r"(?m)^questions:\s*$(?![\s\S]*^\S)", text):
        raise CourseError(f"{settings}: questions: write them last, one below the other, so that another can be added")
    return _write({settings: text.rstrip("\n") + "\n" + _entry(question), **_question_files(course, lab, question)})


def _question_files(course: Course, lab: str, question: NewQuestion) -> dict[Path, str]:
    """Everything of a question but its entry in assignment.yaml."""
    _check_id(question.id)
    module = question.file.removesuffix(".py")
    if not question.file.endswith(".py") or not module.isidentifier() or keyword.iskeyword(module):
        raise CourseError(f'"{question.file}" must be a Python file that can be imported, like "losses.py"')
    folder = course.folder / lab
    words = {"id": question.id, "title": question.title, "module": module, "quoted": _quoted(question.id)}
    files = {
        course.solutions / lab / question.file: _REFERENCE.format(**words),
        folder / "tests/public" / f"test_{module}.py": _PUBLIC.format(**words),
        folder / "tests/hidden" / f"test_{module}.py": _HIDDEN.format(**words),
        folder / "mutants" / f"{question.id}.yaml": _MUTANTS.format(**words),
        folder / "equivalents" / question.id / "running_mean.py": _EQUIVALENT.format(**words),
    }
    taken = [path for path in files if path.exists()]
    if taken:
        raise CourseError(f"{taken[0]}: is there already; begin the question in a file of its own")
    return files


def _entry(question: NewQuestion) -> str:
    return _ENTRY.format(id=_quoted(question.id), title=_quoted(question.title), file=question.file)


def _check_id(identifier: str) -> None:
    if not _ID.fullmatch(identifier):
        raise CourseError(f'"{identifier}" is not an id; use letters, digits, ".", "-" and "_"')


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _write(files: dict[Path, str]) -> list[Path]:
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as problem:
            raise CourseError(f"{path}: cannot be written: {problem.strerror}") from problem
    return list(files)

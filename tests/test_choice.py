"""Notebook or file: decided for each question, and said."""

import json
import time

import pytest

from autograder.archive.read import read_files
from autograder.model import Assignment, Limits, Question
from autograder.notebook import uses_cells

STUB = """import numpy as np


# ---- Question 1: One ----
def one():
    raise NotImplementedError


# ---- Question 2: Two ----
def two(x):
    raise NotImplementedError
"""
ONE, TWO = (
    STUB[STUB.index("# ---- Question 1") : STUB.index("# ---- Question 2")],
    STUB[STUB.index("# ---- Question 2") :],
)
DONE = "raise NotImplementedError", "return 1"


@pytest.fixture
def lab(tmp_path):
    (tmp_path / "work.py").write_text(STUB)
    questions = tuple(Question(n, t, 1, "work.py", Limits()) for n, t in (("1", "One"), ("2", "Two")))
    return Assignment("lab", "Lab", tmp_path, tmp_path, tmp_path, questions)


def notebook(*sources):
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": one} for one in sources]}).encode()


def read(lab, file, *cells):
    """For which questions the notebook counts, and the notes."""
    files = {"lab.ipynb": notebook(*cells)} | ({} if file is None else {"work.py": file.encode()})
    submission = read_files("ann", files, lab)
    assert not submission.problem
    return "".join(q.id for q in lab.questions if uses_cells(submission, q, lab)), submission.notes


@pytest.mark.parametrize(
    "file",
    [
        STUB,
        STUB.replace("\n", "\r\n"),
        STUB.replace("import numpy as np", "# mine\nimport numpy as np\nimport math"),
        STUB.replace("def two(x):", "def two(x):  # later"),
        STUB.replace("    raise", "    # TODO\n    raise"),
        "import numpy as np\n",
        "",
    ],
)
def test_a_file_without_work_gives_way_whatever_was_noted_in_it(lab, file):
    """Comments, white space, imports above the headings, even no stub at all."""
    solved = [ONE.replace(*DONE), TWO.replace(*DONE)]
    assert read(lab, file, *solved) == ("12", ("1, 2: lab.ipynb counts; work.py is still the stub there",))


def test_each_question_by_itself(lab):
    """The first is done in the file, the second in the notebook."""
    file = STUB.replace(*DONE, 1)
    assert read(lab, file, ONE, TWO.replace(*DONE)) == ("2", ("2: lab.ipynb counts; work.py is still the stub there",))
    assert read(lab, file, "def two(x):\n    return x\n")[0] == "2"


def test_the_file_wins_where_both_have_work(lab):
    """And that is said, in one line for both questions."""
    done = STUB.replace(*DONE)
    assert read(lab, done, ONE.replace(*DONE), TWO.replace(*DONE)) == ("", ())  # a copy of it is no other work
    counted, notes = read(lab, done.replace("return 1", "return 2"), ONE.replace(*DONE), TWO.replace(*DONE))
    assert counted == ""
    assert notes == ("1, 2: work.py counts, and what lab.ipynb has does not: the file wins where both have code",)


@pytest.mark.parametrize("file", [STUB, STUB.replace(*DONE)])
def test_the_notebook_as_it_was_received_is_not_worth_a_word(lab, file):
    """Neither are cells that define nothing of the lab's."""
    assert read(lab, file, "import numpy as np\n\n" + ONE, TWO, "x = 1", "def mine():\n    return 2\n") == ("", ())


def test_without_the_file(lab):
    """Cells stand in for it."""
    assert read(lab, None, ONE, TWO)[0] == "12"


def test_a_line_made_to_be_slow_is_no_heading(lab):
    """A pattern that tries every place for the heading's end would take hours for these."""
    slow = "# - Question 1: " + "-" * 1_000_000 + "x\n"
    started = time.monotonic()
    assert read(lab, STUB + slow, TWO.replace(*DONE))[0] == "2"
    assert time.monotonic() - started < 5


def test_without_the_stubs_at_hand_what_only_raises_is_no_work(lab, tmp_path):
    """As in a folder that was copied, not started: it holds no second copy of what was handed out."""
    (tmp_path / "work.py").unlink()
    done, cells_done = STUB.replace(*DONE), (ONE.replace(*DONE), TWO.replace(*DONE))
    assert read(lab, STUB, ONE, TWO) == ("", ())
    assert read(lab, done, ONE, TWO) == ("", ())
    assert read(lab, STUB, cells_done[0], TWO) == ("1", ("1: lab.ipynb counts; work.py is still the stub there",))
    counts, (note,) = read(lab, done.replace("return 1", "return 2"), *cells_done)
    assert not counts
    assert note == "1, 2: work.py counts, and what lab.ipynb has does not: the file wins where both have code"

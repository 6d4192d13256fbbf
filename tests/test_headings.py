"""Headings of questions in a lab's files, and what stands below each."""

import pytest

from autograder.headings import HEADING, heading_of, questions_in, sections
from autograder.model import Limits, Question

ONE = "# ---- Question 1.1: Total ----\n"
TWO = "# ---- Question 1.2: Row sums ----\n"


def test_sections_together_are_the_source():
    """Nothing is lost between them, and each knows its first line."""
    source = f'"""Doc."""\n\n{ONE}def total(x):\n    pass\n\n{TWO}A = 1'
    parts = sections(source)
    assert [(part.question_id, part.first) for part in parts] == [("", 1), ("1.1", 3), ("1.2", 7)]
    assert "".join(part.text for part in parts) == source
    assert parts[1].text == f"{ONE}def total(x):\n    pass\n\n"


@pytest.mark.parametrize(
    "source", ["", "A = 1\n", "A = 1", ONE, ONE + TWO, "\n\n" + ONE, "A = '\x0c'\n" + ONE + "B = 2\r\n"]
)
def test_any_source_is_its_sections(source):
    """Without a heading, with nothing but headings, with odd line ends, or empty."""
    assert "".join(part.text for part in sections(source)) == source


@pytest.mark.parametrize("odd", ["\x0c", "\x0b", "\x1c", "\x85", "\u2028", "\u2029"])
def test_lines_are_counted_as_editors_and_python_count_them(odd):
    """Characters that only `str.splitlines` takes for line ends are none."""
    parts = sections(f"A = '{odd}'\n{ONE}")
    assert [(part.question_id, part.first) for part in parts] == [("", 1), ("1.1", 2)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(end):
    """A heading is found, and its line is the same."""
    assert [part.first for part in sections(f"A = 1{end}{ONE.rstrip()}{end}B = 2{end}")] == [1, 2]


def test_a_heading_as_it_must_be_written_is_found():
    """What students are told to mend leads to the question."""
    question = Question("2.10-b", "Losses: L1 & L2 - both", 1, "a.py", Limits())
    assert questions_in(heading_of(question)) == ["2.10-b"]
    assert HEADING.fullmatch(heading_of(question))[2] == "Losses: L1 & L2 - both"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("# ---- Question 1.1: Total ----   ", ["1.1"]),
        ("#-Question 1.1: Total-", ["1.1"]),
        ("# -------- Question 1.1: ----", ["1.1"]),
        ("# Question 1.1: Total", []),
        ("## Question 1.1: Total", []),
        ("    # ---- Question 1.1: Total ----", []),
        ("# ---- Question 1.1 Total ----", []),
        ("# ---- Question : Total ----", []),
        ("A = 1  # ---- Question 1.1: Total ----", []),
    ],
)
def test_what_counts_as_a_heading(line, found):
    """A comment of its own at the margin, with dashes and a colon; their number does not matter."""
    assert questions_in(f"A = 1\n{line}\nB = 2\n") == found


def test_the_same_question_twice():
    """Both are told, so that whoever asks can refuse to guess."""
    assert questions_in(ONE + "A = 1\n" + TWO + ONE) == ["1.1", "1.2", "1.1"]


def test_a_very_long_line_is_no_heading():
    """To look at a line of a hundred thousand dashes closely would take minutes."""
    assert questions_in(f"# - Question 1: T {'-' * 100_000}\nx = 1\n") == []
    assert questions_in(f"# - Question 1: T {'-' * 300}\nx = 1\n") == ["1"]

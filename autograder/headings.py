"""Headings in a lab's Python files, `# ---- Question 1.6: Softmax cross-entropy ----`, and what stands below each."""

from __future__ import annotations

import io
import re

import msgspec

from autograder.model import Question

LONGEST = 400  # characters of a line that is looked at: the pattern takes quadratic time on a line of dashes
HEADING = re.compile(r"#\s*-+\s*Question\s+(\S+):\s*(.*?)\s*-+")


class Section(msgspec.Struct, frozen=True):
    """The lines from one heading to the next."""

    question_id: str  # empty for what stands above the first heading
    first: int  # line, counted from 1
    text: str


def heading_of(question: Question) -> str:
    """The heading as it must be written."""
    return f"# ---- Question {question.id}: {question.title} ----"


def sections(source: str) -> list[Section]:
    """A source in its parts, in order; together they are the source."""
    starts = [("", 1)]
    lines = list(io.StringIO(source, newline=""))  # as editors count them: a form feed ends no line
    for number, line in enumerate(lines, 1):
        if len(line) <= LONGEST and (found := HEADING.fullmatch(line.rstrip())):
            starts.append((found[1], number))
    ends = [first for _, first in starts[1:]] + [len(lines) + 1]
    return [
        Section(question_id, first, "".join(lines[first - 1 : end - 1]))
        for (question_id, first), end in zip(starts, ends, strict=True)
    ]


def questions_in(source: str) -> list[str]:
    """The ids of the questions whose headings stand in a source."""
    return [section.question_id for section in sections(source) if section.question_id]

"""Which counts for a question where a submission has both: its file, or the notebook's cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.headings import Section, sections
from autograder.model import Assignment, Cell, Question, Submission

_HEADING_LENGTH = 400
_COMMENT = re.compile(r"#.*")


def uses_cells(submission: Submission, question: Question, assignment: Assignment) -> bool:
    """Whether the notebook stands in for the question's file.

    It does where the file is not there, and where the file's part is still the stub while the notebook has work on
    the question. If both have work, the file counts.
    """
    content = submission.files.get(question.file)
    if content is None or not submission.cells:
        return bool(submission.cells)
    return is_stub(content, question, assignment) and has_work(submission.cells, question, assignment)


def is_stub(content: bytes, question: Question, assignment: Assignment) -> bool:
    """Whether a file's part below the question's heading holds no work: only comments and white space differ from the
    stub, or nothing is left of it. Without headings the whole file is that part.
    """
    stub, names, headed = _stub(question, assignment)
    if stub is None:
        return False
    text = content.decode("utf-8", "replace")
    parts = [part.text for part in _sections(text) if part.question_id == question.id]
    if headed and not parts:
        return not any(re.search(rf"\b{name}\b", text) for name in names)
    return _bare("".join(parts) if headed else text) in (_bare(stub), [])


def has_work(cells: Sequence[Cell], question: Question, assignment: Assignment) -> bool:
    """Whether cells hold more than the stub: below the question's heading, or by defining one of its names."""
    stub, names, _ = _stub(question, assignment)
    defines = re.compile(rf"^(?:async )?(?:def|class) (?:{'|'.join(names)})\b" if names else r"(?!)", re.MULTILINE)
    for cell in cells:
        for part in _sections(cell.source):
            if part.question_id == question.id and _bare(part.text) not in ([], _bare(stub or "")):
                return True
            if not part.question_id and defines.search(part.text):
                return True
    return False


def cells_for(cells: Sequence[Cell], question: Question, questions: Sequence[Question]) -> list[Cell]:
    """The cells that stand in for one question's file.

    All of them, but those after the last cell with a heading of this file that have a heading of another file: two
    questions may ask for functions of the same name, and the one defined last would be called.
    """
    files = {entry.id: entry.file for entry in questions}
    headed = [
        {files[part.question_id] for part in _sections(cell.source) if part.question_id in files} for cell in cells
    ]
    last = max((index for index, owners in enumerate(headed) if question.file in owners), default=len(cells))
    return [
        cell
        for index, (cell, owners) in enumerate(zip(cells, headed, strict=True))
        if index <= last or not owners or question.file in owners
    ]


def _stub(question: Question, assignment: Assignment) -> tuple[str | None, list[str], bool]:
    """The question's part of what students received, the names that it defines, and whether it has a heading."""
    path = assignment.template / question.file
    if not path.is_file():
        return None, [], True
    text = path.read_text(encoding="utf-8")
    parts = [part.text for part in _sections(text) if part.question_id == question.id]
    part = "".join(parts) if parts else text
    return part, re.findall(r"^(?:async )?(?:def|class) (\w+)", part, re.MULTILINE), bool(parts)


def _sections(text: str) -> list[Section]:
    """The parts of a text; a long line is no heading, and would take forever to be compared with one."""
    lines = text.split("\n")
    return sections("\n".join(f" {line}" if len(line) > _HEADING_LENGTH else line for line in lines))


def _bare(text: str) -> list[str]:
    """Its words without comments."""
    return _COMMENT.sub("", text).split()

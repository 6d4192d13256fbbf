"""Which counts for a question where a submission has both: its file, or the notebook's cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.headings import Section, sections
from autograder.model import Assignment, Cell, Question, Submission

_HEADING_LENGTH = 400
_COMMENT = re.compile(r"#.*")
_FUNCTION = re.compile(r"^ *(?:async )?def ", re.MULTILINE)
_UNDONE = re.compile(r"^ *raise NotImplementedError\b", re.MULTILINE)


def uses_cells(submission: Submission, question: Question, assignment: Assignment) -> bool:
    """Whether the notebook stands in for the question's file.

    It does where the file is not there, and where the file's part is still the stub while the notebook has work on
    the question. If both have work, the file counts.
    """
    content = submission.files.get(question.file)
    if content is None or not submission.cells:
        return bool(submission.cells)
    return is_stub(content, question, assignment) and _adds_work(content, submission.cells, question, assignment)


def ignores_cells(submission: Submission, question: Question, assignment: Assignment) -> bool:
    """Whether the question's file counts though the notebook has other work on it."""
    content = submission.files.get(question.file)
    if content is None or not submission.cells or is_stub(content, question, assignment):
        return False
    return _adds_work(content, submission.cells, question, assignment)


def is_stub(content: bytes, question: Question, assignment: Assignment) -> bool:
    """Whether a file's part below the question's heading holds no work: only comments and white space differ from the
    stub, or nothing is left of it. Without headings the whole file is that part. Where no stub is at hand, one half of
    its functions at least only raise NotImplementedError.
    """
    stub, names, headed = _stub(question, assignment)
    text = content.decode("utf-8", "replace")
    parts = [part.text for part in _sections(text) if part.question_id == question.id]
    if stub is None:
        return _undone("".join(parts) or text) >= 0.5
    if headed and not parts:
        return not any(re.search(rf"\b{name}\b", text) for name in names)
    return _bare("".join(parts) if headed else text) in (_bare(stub), [])


def has_work(cells: Sequence[Cell], question: Question, assignment: Assignment) -> bool:
    """Whether cells hold more than the stub: below the question's heading, or by defining one of its names."""
    stub, names, _ = _stub(question, assignment)
    if stub is None:
        return any(_undone(text) < 1 for text in _parts(cells, question))
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


def _adds_work(content: bytes, cells: Sequence[Cell], question: Question, assignment: Assignment) -> bool:
    """Whether cells have work on the question that is not a copy of what stands in its file."""
    in_file = [part.text for part in _sections(content.decode("utf-8", "replace")) if part.question_id == question.id]
    same = _bare("".join(_parts(cells, question))) == _bare("".join(in_file))
    return has_work(cells, question, assignment) and not (in_file and same)


def _parts(cells: Sequence[Cell], question: Question) -> list[str]:
    """What stands below the question's heading in cells; nothing of those with comments alone."""
    parts = [part.text for cell in cells for part in _sections(cell.source) if part.question_id == question.id]
    return [part for part in parts if _bare(part)]


def _undone(text: str) -> float:
    """The share of a text's functions that only raise NotImplementedError: what tells a stub where none is at hand,
    as in a folder that was copied rather than started.
    """
    return len(_UNDONE.findall(text)) / max(len(_FUNCTION.findall(text)), 1)


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

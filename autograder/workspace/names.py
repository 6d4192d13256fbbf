"""What students type, as questions and files of the lab."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import msgspec

from autograder.errors import WorkspaceError
from autograder.headings import sections
from autograder.model import Question
from autograder.workspace.folder import Workspace
from autograder.workspace.places import questions_tested

_LETTERS = 3  # of a part of a title or of a function's name, at least


class Target(msgspec.Struct, frozen=True):
    """What is to be put back: a question, or files."""

    files: tuple[str, ...]
    question: Question | None = None


def pick_questions(workspace: Workspace, names: Sequence[str]) -> tuple[Question, ...]:
    """The questions that short names mean, in the assignment's order; all if there are no names, or `all`.

    A name is an id (`1.6`, `Q1.6`, `1,6`), several (`1.5,1.6`), a file (`losses.py`, `losses`, `lab1/losses.py`), a
    public test's file, or the beginning of a word in the title or in a function's name of the stub (`softmax`).

    Raises:
        WorkspaceError: a name means no question.
    """
    every = workspace.assignment.questions
    if not names:
        return every
    picked = [question for name in names for question in _meant(workspace, name)]
    return tuple(question for question in every if question in picked)


def pick_target(workspace: Workspace, what: str) -> Target:
    """What `reset` puts back: only what was named exactly, for it undoes work.

    Raises:
        WorkspaceError: this names no question, file or folder of the lab, or several.
    """
    if question := _by_id(workspace, what):
        return Target((question.file,), question)
    received = [path.relative_to(workspace.original).as_posix() for path in workspace.original.rglob("*.*")]
    path = re.sub(r"^(\./)+", "", what.strip().replace("\\", "/")).removeprefix(f"{workspace.folder.name}/").rstrip("/")
    if path in (*received, *workspace.assignment.files):
        return Target((path,))
    if inside := sorted(name for name in received if name.startswith(f"{path}/") and path):
        return Target(tuple(inside))
    word = what.strip().casefold()
    texts = {question.id: _texts(workspace, question) for question in workspace.assignment.questions}
    exact = [q for q in workspace.assignment.questions if word in [text.casefold() for text in texts[q.id]]]
    if len(exact) == 1:
        return Target((exact[0].file,), exact[0])
    try:
        near = _meant(workspace, what) if word != "all" else ()
    except WorkspaceError:
        near = ()
    meant = " or ".join(f"autograder reset {q.id} ({q.title})" for q in near)
    raise WorkspaceError(
        f'"{what}" is not exactly a question or a file of this lab, and reset does not guess. '
        + (f"Did you mean {meant}?" if near else "Name an id or a file")
    )


def _by_id(workspace: Workspace, name: str) -> Question | None:
    word = re.sub(r"^(question|q)\s*(?=\d)", "", name.strip().casefold())
    ids = {question.id.casefold(): question for question in workspace.assignment.questions}
    return ids.get(word) or ids.get(word.replace(",", "."))


def _meant(workspace: Workspace, name: str) -> Sequence[Question]:
    assignment = workspace.assignment
    if question := _by_id(workspace, name):
        return [question]
    word = name.strip().casefold()
    if word == "all":
        return assignment.questions
    several = [_by_id(workspace, part) for part in re.split(r"[,;\s]+", word) if part]
    if len(several) > 1 and None not in several:
        return [question for question in several if question]
    if tested := _by_test(workspace, name.strip()):
        return tested
    path = "/" + word.removesuffix(".py").replace("\\", "/")
    files = {question.id: "/" + question.file.removesuffix(".py").casefold() for question in assignment.questions}
    by_file = [
        question
        for question in assignment.questions
        if path.endswith(files[question.id]) or files[question.id].endswith(path)
    ]
    texts = {question.id: _texts(workspace, question) for question in assignment.questions}
    begins = re.compile(rf"(?<![^\W_]){re.escape(word.removesuffix('.py'))}" if len(word) >= _LETTERS else r"(?!)")
    found = by_file or [
        question
        for question in assignment.questions
        if any(begins.search(text.casefold()) for text in texts[question.id])
    ]
    if found and word:
        return found
    known = {question.id: question.id for question in assignment.questions}
    known |= {text.casefold(): text for of_one in texts.values() for text in of_one}
    known |= {part: part for text in list(known) for part in re.findall(r"[^\W_]{4,}", text)}
    known |= {question.file.removesuffix(".py").casefold(): question.file for question in assignment.questions}
    close = difflib.get_close_matches(word.removesuffix(".py"), known, 1, 0.5)
    meant = f' Did you mean "{known[close[0]]}"?' if close else ""
    ids = ", ".join(question.id for question in assignment.questions)
    raise WorkspaceError(f'no question "{name}" in {assignment.id}.{meant} It has {ids}')


def _by_test(workspace: Workspace, name: str) -> list[Question]:
    """The questions that a public test, or the tests of a file, belong to."""
    file, _, test = name.replace("\\", "/").partition("::")
    tests = workspace.folder / "tests"
    paths = [path for path in tests.rglob("*.py") if f"/{path.as_posix()}".endswith("/" + file.removeprefix("./"))]
    ids = {found for path in paths for found in questions_tested(path, test)}
    return [question for question in workspace.assignment.questions if question.id in ids]


def _texts(workspace: Workspace, question: Question) -> list[str]:
    """The title, and the names that the question's stub defines."""
    stub = workspace.original / question.file
    parts = sections(stub.read_text(encoding="utf-8")) if stub.is_file() else []
    text = "".join(part.text for part in parts if part.question_id == question.id)
    return [question.title, *re.findall(r"^(?:def|class) (\w+)", text, re.MULTILINE)]

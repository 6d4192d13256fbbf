"""The lab as one notebook: the handout's text, each question's stub below it, and a cell that checks it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.headings import sections
from autograder.model import Assignment, Question

_PART = re.compile(r"^(?=## )", re.MULTILINE)


def build_notebook(assignment: Assignment, handout: str, stubs: Mapping[str, str]) -> bytes:
    """A notebook in format 4.5, the same bytes for the same sources.

    A part of the handout that begins `## 1.6 ...` belongs to question 1.6; its code follows it. A question without
    such a part gets its title in place of it.

    Args:
        assignment: whose questions.
        handout: Markdown.
        stubs: each of the assignment's files, by its path.
    """
    cells: list[dict[str, Any]] = []
    shown: set[str] = set()
    parts = _PART.split(handout)
    owners = _owners(parts, assignment)
    last = max((index for index, owner in enumerate(owners) if owner is not None), default=len(parts))
    for index, (part, owner) in enumerate(zip(parts, owners, strict=True)):
        if owner is not None:
            cells += _titled(assignment, owners, owner, shown, stubs)
        elif index > last and part.startswith("## "):  # what comes last comes after all questions
            cells += _titled(assignment, owners, None, shown, stubs)
        if part.strip():
            cells.append(_markdown(f"text-{len(cells)}", part))
        if owner is not None:
            cells += _code_of(owner, shown, stubs)
    cells += _titled(assignment, owners, None, shown, stubs)
    language = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": language,
    }
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _owners(parts: Sequence[str], assignment: Assignment) -> list[Question | None]:
    """The question that each part of a handout belongs to; of several parts that name one, the first."""
    owners: list[Question | None] = []
    for part in parts:
        found = re.match(r"## (\S+)", part)
        named = next((question for question in assignment.questions if found and question.id == found[1]), None)
        owners.append(None if named in owners else named)
    return owners


def _titled(
    assignment: Assignment,
    owners: Sequence[Question | None],
    end: Question | None,
    shown: set[str],
    stubs: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The questions before `end`, all if it is None, that have no part of the handout and were not shown yet."""
    cells = []
    for question in assignment.questions:
        if question == end:
            break
        if question not in owners and question.id not in shown:
            cells.append(_markdown(f"title-{slug(question)}", f"## {question.id} {question.title}\n"))
            cells += _code_of(question, shown, stubs)
    return cells


def _code_of(question: Question, shown: set[str], stubs: Mapping[str, str]) -> list[dict[str, Any]]:
    """The question's stub with what it needs, so that its cell runs alone: the imports of its file, and, if no cell
    before has shown it, all else that the file has above its headings.

    Adds to `shown` the ids and files of what was.
    """
    parts = sections(stubs[question.file])
    texts = [part.text for part in parts if part.question_id == question.id]
    above = _without_docstring("".join(part.text for part in parts if not part.question_id))
    texts.insert(0, above if question.file not in shown else _imports(above))
    shown.update((question.file, question.id))
    code = "\n\n".join(text.strip("\n") for text in texts if text.strip())
    check = f'import autograder\n\nautograder.check("{question.id}")'
    return [_code(f"code-{slug(question)}", code), _code(f"check-{slug(question)}", check)]


def _imports(source: str) -> str:
    """Its import statements, and assignments such as `FloatArray = ...`, which annotations of stubs use."""
    lines = source.splitlines()
    kept = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom | ast.Assign)]
    return "\n".join("\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in kept)


def _without_docstring(source: str) -> str:
    """The handout says it all; as the first thing in a cell it would only stand in the way."""
    body = ast.parse(source).body
    if not (body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)):
        return source
    return "\n".join(source.splitlines()[body[0].end_lineno or 0 :]).strip("\n")


def slug(question: Question) -> str:
    """A question's id as part of a cell's id."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", question.id)


def _markdown(identifier: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": identifier, "metadata": {}, "source": _lines(text)}


def _code(identifier: str, text: str) -> dict[str, Any]:
    empty: dict[str, Any] = {"execution_count": None, "metadata": {}, "outputs": []}
    return {"cell_type": "code", "id": identifier, **empty, "source": _lines(text)}


def _lines(text: str) -> list[str]:
    return text.strip("\n").splitlines(keepends=True)

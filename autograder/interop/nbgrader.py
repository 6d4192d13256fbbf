"""A lab as an assignment of an nbgrader course."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from autograder.digests import files_digest
from autograder.interop.hidden import FOLDER
from autograder.interop.notebooks import (
    CODE,
    author_notebook,
    beside_notebook,
    hidden_folder,
    question_cells,
    text_of,
    written_points,
)
from autograder.interop.prove import prove
from autograder.model import Assignment, Question
from autograder.release.leaks import check_secrets

CONFIG = "nbgrader_config.py"
_CONFIG = '''"""nbgrader's settings, written by `autograder release --to nbgrader`; add your own below."""

from autograder.interop.stubs import configure

c = get_config()  # noqa: F821 - nbgrader gives it
configure(c)
'''
_TEST = """\
from autograder.interop import kernel

### BEGIN HIDDEN TESTS
kernel.use_hidden_tests("{lab}", "{digest}")
### END HIDDEN TESTS
kernel.test("{lab}", "{question}")"""


def build_course(assignment: Assignment) -> dict[str, bytes]:
    """The files of an nbgrader course with this lab, by their paths in the course directory.

    `source/<lab>/` is what `nbgrader generate_assignment` reads, `hidden_tests/<lab>/` what `nbgrader autograde` needs.
    Points stand in the test cells, one for each question.

    Raises:
        ReleaseError: the reference does not pass a test, or students would receive what they must not.
    """
    prove(assignment)
    beside, hidden = beside_notebook(assignment), hidden_folder(assignment)
    check_secrets(assignment, beside)
    notebook = author_notebook(assignment)
    _mark(notebook, assignment, files_digest(hidden))
    source = f"source/{assignment.id}"
    return {
        CONFIG: _CONFIG.encode(),
        f"{source}/{assignment.id}.ipynb": (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode(),
        **{f"{source}/{name}": content for name, content in beside.items()},
        **{f"{FOLDER}/{assignment.id}/{name}": content for name, content in hidden.items()},
    }


def _mark(notebook: dict[str, Any], assignment: Assignment, digest: str) -> None:
    """Say in each cell what it is to nbgrader, and put the calls of the tests into the test cells."""
    owners = question_cells(assignment, notebook)
    notebook["cells"] = [made for cell in notebook["cells"] for made in _with_answer(cell)]
    for cell in notebook["cells"]:
        question = owners.get(cell["id"])
        if question is None:
            continue
        is_code = cell["id"].startswith(CODE)
        cell["metadata"]["nbgrader"] = _metadata(cell["id"], question, is_code=is_code)
        text = text_of(cell)
        if not is_code:
            text = _TEST.format(lab=assignment.id, digest=digest, question=question.id)
        cell["source"] = text.splitlines(keepends=True)


def _with_answer(cell: dict[str, Any]) -> list[dict[str, Any]]:
    """A cell, and below a text that asks for an answer in words the cell for it, which a person grades."""
    points = written_points(cell)
    if points is None:
        return [cell]
    name = f"answer-{cell['id']}"
    flags = {"grade": True, "solution": True, "locked": False, "task": False}
    metadata = {"grade_id": name, "schema_version": 3, "cell_type": "markdown", "points": points, **flags}
    source = ["YOUR ANSWER HERE"]
    return [cell, {"cell_type": "markdown", "id": name, "metadata": {"nbgrader": metadata}, "source": source}]


def _metadata(identifier: str, question: Question, *, is_code: bool) -> Mapping[str, Any]:
    """A cell's metadata in nbgrader's schema 3."""
    metadata: dict[str, Any] = {
        "grade_id": identifier,
        "schema_version": 3,
        "cell_type": "code",
        "grade": not is_code,
        "solution": is_code,
        "locked": not is_code,
        "task": False,
    }
    return metadata if is_code else {**metadata, "points": question.points}

"""A lab's notebook with the reference in it: what nbgrader and otter make students' notebooks from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from autograder.course import ASSIGNMENT_FILE, reference_files
from autograder.interop.hidden import PUBLIC_FOLDER, read_folder
from autograder.model import Assignment, Question
from autograder.release import build_template
from autograder.release.notebook import build_notebook, slug

_WRITTEN = re.compile(r"<!--\s*graded by a person:\s*(\d+(?:\.\d+)?) points?\s*-->")
CODE, CHECK = "code-", "check-"  # how the ids of a question's two cells begin


def author_notebook(assignment: Assignment) -> dict[str, Any]:
    """The released notebook, handout and all, with the reference and its markers in place of the stubs."""
    sources = {name: content.decode() for name, content in reference_files(assignment).items()}
    handout = build_template(assignment).get("README.md", f"# {assignment.title}\n".encode()).decode()
    document: dict[str, Any] = json.loads(build_notebook(assignment, handout, sources))
    return document


def question_cells(assignment: Assignment, document: Mapping[str, Any]) -> dict[str, Question]:
    """The question of each cell that holds its code or its check, by the cell's id."""
    cells = {cell["id"] for cell in document["cells"]}
    owned = {}
    for question in assignment.questions:
        for kind in (CODE, CHECK):
            if f"{kind}{slug(question)}" in cells:
                owned[f"{kind}{slug(question)}"] = question
    return owned


def text_of(cell: Mapping[str, Any]) -> str:
    """A cell's source."""
    return "".join(cell["source"])


def written_points(cell: Mapping[str, Any]) -> float | None:
    """The points of an answer in words that a text asks for, `<!-- graded by a person: 5 points -->`; None if none."""
    found = _WRITTEN.search(text_of(cell)) if cell["cell_type"] == "markdown" else None
    return float(found[1]) if found else None


def beside_notebook(assignment: Assignment) -> dict[str, bytes]:
    """What students get beside the notebook: `public_tests/<lab>/`, and data and modules where their own code looks."""
    files = build_template(assignment)
    beside = {}
    for name, content in files.items():
        of_tests = name in (ASSIGNMENT_FILE, "probes.py") or name.startswith(("tests/", "data/"))
        if of_tests:
            beside[f"{PUBLIC_FOLDER}/{assignment.id}/{name}"] = content
        if name not in (*assignment.files, f"{assignment.id}.ipynb", "README.md") and (
            not of_tests or name.startswith("data/")
        ):
            beside[name] = content
    return beside


def hidden_folder(assignment: Assignment) -> dict[str, bytes]:
    """What `hidden_tests/<lab>` holds: both kinds of tests, and what they need; no reference and no known mistakes."""
    files = {
        f"{part}/{name}": content
        for part in ("tests", "data")
        for name, content in read_folder(assignment.folder / part).items()
    }
    if (assignment.folder / "probes.py").is_file():
        files["probes.py"] = (assignment.folder / "probes.py").read_bytes()
    text = (assignment.folder / ASSIGNMENT_FILE).read_text("utf-8")
    files[ASSIGNMENT_FILE] = f"{text.rstrip()}\nid: {assignment.id}\n".encode()
    return files

"""A lab as an otter-grader assignment: the notebook for `otter assign`, and what that makes of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from autograder.digests import files_digest
from autograder.errors import HostError, ReleaseError
from autograder.interop.engine import REQUIREMENTS, engine_files
from autograder.interop.hidden import FOLDER, read_folder
from autograder.interop.notebooks import (
    CODE,
    author_notebook,
    beside_notebook,
    hidden_folder,
    question_cells,
    text_of,
    written_points,
)
from autograder.interop.prove import Proven, prove
from autograder.model import Assignment, Question
from autograder.release.leaks import check_secrets
from autograder.release.notebook import slug
from autograder.release.stub import cell_blocks

ENGINE = "engine"  # in hidden_tests/, for containers that do not have the engine
_SWITCH = """\
def test_0(env):
    import sys
    sys.path.append("{folder}/{engine}")
    from autograder.interop import kernel
    kernel.use_hidden_tests("{lab}", "{digest}")"""
_CASE = """\
def test_{number}(env):
    from autograder.interop import kernel
    kernel.case("{lab}", "{question}", {name})"""


def build_sources(assignment: Assignment) -> dict[str, bytes]:
    """The files from which `otter assign <lab>.ipynb dist` makes both packages.

    Points stand with each test: the question's, shared out by the weights of its tests.

    Raises:
        ReleaseError: the reference does not pass a test, or students would receive what they must not.
    """
    cases = prove(assignment)
    beside, hidden = beside_notebook(assignment), hidden_folder(assignment)
    notebook = author_notebook(assignment)
    given = sorted({name.partition("/")[0] for name in beside})
    cells = [_raw("config", _config(assignment, given))]
    cells += _cells(assignment, notebook, cases, files_digest(hidden))
    notebook["cells"] = cells
    trusted = {f"{assignment.id}/{name}": content for name, content in hidden.items()}
    trusted |= {f"{ENGINE}/{name}": content for name, content in engine_files().items()}
    return {
        f"{assignment.id}.ipynb": (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode(),
        "requirements.txt": "\n".join(REQUIREMENTS + _needs(assignment)).encode() + b"\n",
        **beside,
        **{f"{FOLDER}/{name}": content for name, content in trusted.items()},
    }


def assign(assignment: Assignment, folder: Path) -> Path:
    """Run `otter assign` in a folder of `build_sources`, which grades the reference; the autograder's zip.

    Raises:
        HostError: otter-grader is not installed.
        ReleaseError: otter refuses it, or the students' package holds what they must not have.
    """
    if find_spec("otter") is None:
        raise HostError('otter-grader is not installed here: pip install "autograder[otter]"')
    shutil.rmtree(folder / "dist", ignore_errors=True)
    run = subprocess.run(
        [sys.executable, "-m", "otter", "assign", f"{assignment.id}.ipynb", "dist"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    made = sorted((folder / "dist" / "autograder").glob("*-autograder_*.zip"))
    if run.returncode != 0 or not made:
        said = (run.stderr.strip() or run.stdout.strip() or "no message").splitlines()[-1]
        raise ReleaseError(f"{folder}: `otter assign {assignment.id}.ipynb dist` failed: {said}")
    check_secrets(assignment, read_folder(folder / "dist" / "student"))
    return made[-1].rename(folder / "autograder.zip")


def otter_name(question: Question) -> str:
    """A question's name there: `q1_6` for 1.6."""
    return f"q{slug(question).replace('-', '_')}"


def _config(assignment: Assignment, given: Sequence[str]) -> str:
    config = {
        "name": assignment.id,
        "export_cell": {"pdf": False, "run_tests": False},
        "files": list(given),
        "autograder_files": [FOLDER],
        "requirements": "requirements.txt",
        "tests": {"ok_format": False},
        "generate": {"pdf": False},
    }
    return f"# ASSIGNMENT CONFIG\n{yaml.safe_dump(config, sort_keys=False)}"


def _cells(
    assignment: Assignment, notebook: dict[str, Any], cases: Sequence[Proven], digest: str
) -> Iterator[dict[str, Any]]:
    """The notebook's cells between otter's raw ones; a question begins with its code, its text stays above."""
    owners = question_cells(assignment, notebook)
    for cell in notebook["cells"]:
        question = owners.get(cell["id"])
        if question is None:
            yield cell
            yield from _answer(cell)
        elif cell["id"].startswith(CODE):
            name = otter_name(question)
            yield _raw(f"begin-{name}", f"# BEGIN QUESTION\nname: {name}\n")
            yield _raw(f"solution-{name}", "# BEGIN SOLUTION")
            yield {**cell, "source": _with_prompts(text_of(cell)).splitlines(keepends=True)}
            yield _raw(f"solved-{name}", "# END SOLUTION")
            yield _raw(f"tests-{name}", "# BEGIN TESTS")
            yield from _tests(assignment, question, cases, digest)
            yield _raw(f"tested-{name}", "# END TESTS")
            yield _raw(f"end-{name}", "# END QUESTION")


def _answer(cell: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Below a text that asks for an answer in words, a question that a person grades."""
    points = written_points(cell)
    if points is not None:
        name = f"answer_{cell['id'].replace('-', '_')}"
        yield _raw(f"begin-{name}", f"# BEGIN QUESTION\nname: {name}\nmanual: true\npoints: {points:g}\n")
        yield _raw(f"solution-{name}", "# BEGIN SOLUTION")
        yield {"cell_type": "markdown", "id": name, "metadata": {}, "source": ["(for the person who grades)"]}
        yield _raw(f"solved-{name}", "# END SOLUTION")
        yield _raw(f"end-{name}", "# END QUESTION")


def _tests(
    assignment: Assignment, question: Question, cases: Sequence[Proven], digest: str
) -> Iterator[dict[str, Any]]:
    """A test for each case that counts, after one without points that turns to the hidden tests."""
    counting = [case for case in cases if case.question == question.id and not case.is_skipped]
    share = Fraction(question.points) / sum(Fraction(case.weight) for case in counting)
    name = otter_name(question)
    switch = _SWITCH.format(folder=FOLDER, engine=ENGINE, lab=assignment.id, digest=digest)
    yield _test(f"{name}-0", switch, points=0.0, hidden=True)
    for number, case in enumerate(counting, 1):
        text = _CASE.format(number=number, lab=assignment.id, question=question.id, name=json.dumps(case.name))
        yield _test(f"{name}-{number}", text, points=float(share * Fraction(case.weight)), hidden=case.is_hidden)


def _test(identifier: str, text: str, *, points: float, hidden: bool) -> dict[str, Any]:
    config = f'""" # BEGIN TEST CONFIG\npoints: {points!r}\nhidden: {str(hidden).lower()}\n""" # END TEST CONFIG\n'
    empty: dict[str, Any] = {"execution_count": None, "metadata": {}, "outputs": []}
    return {"cell_type": "code", "id": identifier, **empty, "source": (config + text).splitlines(keepends=True)}


def _with_prompts(source: str) -> str:
    """Markers as otter reads them: where a stub raises, that line is the prompt; elsewhere there is none."""
    lines = source.split("\n")
    for block, prompt in reversed(cell_blocks(source)):
        lines[block.first - 1] = f"{block.indent}# BEGIN SOLUTION NO PROMPT"
        if prompt:
            lines[block.last : block.last] = [
                f'{block.indent}""" # BEGIN PROMPT',
                prompt,
                f'{block.indent}"""; # END PROMPT',
            ]
    return "\n".join(lines)


def _needs(assignment: Assignment) -> list[str]:
    """What the lab itself imports."""
    return sorted(set(assignment.preload) - {"numpy"})


def _raw(identifier: str, text: str) -> dict[str, Any]:
    return {"cell_type": "raw", "id": identifier, "metadata": {}, "source": text.splitlines(keepends=True)}

"""The benchmark's eight tests as one would write them for nbgrader and otter: asserts in the student's kernel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

SOLUTION = Path(__file__).parent / "course" / "solutions" / "eight_tests" / "lab.py"
IMPORTS = "import numpy as np\nimport torch"
_PARAMETERS = """
rng = np.random.default_rng(8)
shapes = {"W1": (3, 5), "b1": (5,), "W2": (5, 4), "b2": (4,)}
p = {name: rng.normal(size=shape) for name, shape in shapes.items()}"""


class Test(NamedTuple):
    """One test: statements that raise where it does not pass."""

    question: str
    points: float
    hidden: bool
    code: str


TESTS = [
    Test(
        "q1",
        4 / 3,
        False,
        """
assert np.allclose(np.sum(softmax(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 9.0]])), axis=1), np.ones(2))""",
    ),
    Test(
        "q1",
        4 / 3,
        False,
        """
assert np.allclose(cross_entropy(np.zeros((4, 5)), np.array([0, 1, 2, 4])), np.log(5))""",
    ),
    Test(
        "q1",
        4 / 3,
        True,
        """
x = np.random.default_rng(8).normal(size=(6, 5)) * 1e4
assert np.allclose(softmax(x), torch.softmax(torch.from_numpy(x), 1).numpy())""",
    ),
    Test(
        "q2",
        2,
        False,
        f"""{_PARAMETERS}
assert np.shape(mlp_forward(rng.normal(size=(7, 3)), p)[0]) == (7, 4)""",
    ),
    Test(
        "q2",
        2,
        True,
        f"""{_PARAMETERS}
x = rng.normal(size=(6, 3))
assert np.allclose(mlp_forward(x, p)[0], np.maximum(x @ p["W1"] + p["b1"], 0) @ p["W2"] + p["b2"])""",
    ),
    Test(
        "q2",
        2,
        True,
        f"""{_PARAMETERS}
x, y = rng.normal(size=(6, 3)), rng.integers(0, 4, size=6)
logits, cache = mlp_forward(x, p)
gradients = mlp_backward(logits, y, p, cache)
t = {{key: torch.tensor(value, requires_grad=True) for key, value in p.items()}}
h = torch.relu(torch.from_numpy(x) @ t["W1"] + t["b1"])
torch.nn.functional.cross_entropy(h @ t["W2"] + t["b2"], torch.from_numpy(y)).backward()
assert all(np.allclose(gradients[key], value.grad.numpy()) for key, value in t.items())""",
    ),
    Test(
        "q3",
        2,
        False,
        """
zero = torch.zeros(3, dtype=torch.float64)
w, _, _ = adam_step(zero, torch.tensor([1.0, -2.0, 5.0], dtype=torch.float64), zero, zero, 1)
assert np.allclose(w.numpy(), [-1e-3, 1e-3, -1e-3])""",
    ),
    Test(
        "q3",
        2,
        True,
        """
rng = np.random.default_rng(8)
w = m = v = torch.zeros(8, dtype=torch.float64)
reference = torch.zeros(8, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.Adam([reference], lr=1e-3)
for step in range(1, 11):
    g = torch.from_numpy(rng.normal(size=8))
    w, m, v = adam_step(w, g, m, v, step)
    reference.grad = g.clone()
    optimizer.step()
assert np.allclose(w.numpy(), reference.detach().numpy())""",
    ),
]
MAX_POINTS = sum(test.points for test in TESTS)


def nbgrader_notebook() -> bytes:
    """The source notebook: the solution in one cell, a test cell for each test."""
    cells = [_code("solution", SOLUTION.read_text(), _nbgrader("solution", solution=True))]
    for number, test in enumerate(TESTS):
        body = f"### BEGIN HIDDEN TESTS\n{test.code}\n### END HIDDEN TESTS" if test.hidden else test.code
        name = f"test-{number}"
        cells.append(_code(name, body.strip("\n"), {**_nbgrader(name, grade=True), "points": test.points}))
    return _notebook(cells)


def otter_notebook() -> bytes:
    """The source notebook: `otter assign` makes the autograder's zip and the students' notebook from it."""
    cells = [
        _raw("# ASSIGNMENT CONFIG\nexport_cell: false\nrun_tests: false\ngenerate: {pdf: false}"),
        _code("imports", IMPORTS),
    ]
    sections = SOLUTION.read_text().split("# ---- Question ")
    for number, section in enumerate(sections[1:], 1):
        cells += [_raw(f"# BEGIN QUESTION\nname: q{number}"), _raw("# BEGIN SOLUTION")]
        cells += [_code(f"code-{number}", f"# ---- Question {section}"), _raw("# END SOLUTION"), _raw("# BEGIN TESTS")]
        for index, test in enumerate(TESTS):
            if test.question == f"q{number}":
                config = f'""" # BEGIN TEST CONFIG\npoints: {test.points!r}\nhidden: {str(test.hidden).lower()}\n'
                lines = "\n".join(f"    {line}" for line in test.code.strip("\n").splitlines())
                body = f'{config}""" # END TEST CONFIG\ndef test_{index}():\n{lines}\n\ntest_{index}()'
                cells.append(_code(f"test-{index}", body))
        cells += [_raw("# END TESTS"), _raw("# END QUESTION")]
    return _notebook(cells)


def student_files() -> dict[str, bytes]:
    """What a student hands in here: the reference."""
    return {"lab.py": SOLUTION.read_bytes()}


def _nbgrader(name: str, *, solution: bool = False, grade: bool = False) -> dict[str, Any]:
    flags = {"grade": grade, "solution": solution, "locked": grade, "task": False}
    return {"grade_id": name, "schema_version": 3, "cell_type": "code", **flags}


def _code(name: str, text: str, nbgrader: dict[str, Any] | None = None) -> dict[str, Any]:
    metadata = {} if nbgrader is None else {"nbgrader": nbgrader}
    empty: dict[str, Any] = {"outputs": [], "execution_count": None}
    return {"cell_type": "code", "id": name, "metadata": metadata, "source": text, **empty}


def _raw(text: str) -> dict[str, Any]:
    return {"cell_type": "raw", "metadata": {}, "source": text}


def _notebook(cells: list[dict[str, Any]]) -> bytes:
    for number, cell in enumerate(cells):
        cell.setdefault("id", f"raw-{number}")
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    document = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1).encode()

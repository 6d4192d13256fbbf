"""Places in a student's folder, read out of its files: where a question begins, what a public test calls."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from autograder.headings import sections
from autograder.model import Question

_NOT_THEIRS = ("run", "put", "rng", "torch_rng", "device_rng", "follows")  # methods of `student`


def heading_line(path: Path, question: Question) -> int:
    """The line of a question's heading; 0 if the file has none."""
    parts = sections(path.read_bytes().decode("utf-8", "replace")) if path.is_file() else []
    return next((part.first for part in parts if part.question_id == question.id), 0)


def defined_line(path: Path, name: str) -> int:
    """The line where a file defines a function or class; 0 if it does not."""
    lines = path.read_bytes().decode("utf-8", "replace").splitlines() if path.is_file() else []
    pattern = re.compile(rf"(?:async )?(?:def|class) {re.escape(name)}\b")
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), 0)


def called_at(folder: Path, place: str) -> str:
    """The name of the student's that a line of a public test uses, or that its test uses alone; empty if unknown.

    Args:
        folder: the lab's.
        place: say "tests/public/test_losses.py:26".
    """
    file, _, line = place.rpartition(":")
    for function in _functions(folder / file):
        if line.isdigit() and function.lineno <= int(line) <= (function.end_lineno or 0):
            used = _used(function)
            here = [name for name, first, last in used if first <= int(line) <= last]
            every = {name for name, _, _ in used}
            return here[0] if here else every.pop() if len(every) == 1 else ""
    return ""


def questions_tested(path: Path, test: str = "") -> set[str]:
    """Ids of the questions that a test file's marks name: of all its tests, or of one."""
    tree = _tree(path)
    marks = [node.value for node in tree.body if isinstance(node, ast.Assign) and _is_pytestmark(node)]
    functions = [function for function in _functions(path) if test in ("", function.name)]
    marked = [mark for function in functions for mark in function.decorator_list if _ids(mark)]
    return {name for mark in (*marked, *(marks if functions else [])) for name in _ids(mark)}


def _is_pytestmark(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)


def _ids(mark: ast.expr) -> list[str]:
    return [
        str(call.args[0].value)
        for call in ast.walk(mark)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name | ast.Attribute) and call.args
        if (call.func.id if isinstance(call.func, ast.Name) else call.func.attr) == "question"
        if isinstance(call.args[0], ast.Constant)
    ]


def _used(function: ast.AST) -> list[tuple[str, int, int]]:
    """Names that a function takes from `student`, each with the lines of the statement or call around it."""
    statements = [node for node in ast.walk(function) if isinstance(node, ast.stmt) and not hasattr(node, "body")]
    return [
        (node.attr, statement.lineno, statement.end_lineno or statement.lineno)
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "student"
        if node.attr not in _NOT_THEIRS
    ]


def _functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(_tree(path)) if isinstance(node, ast.FunctionDef)]


def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ast.Module([], [])

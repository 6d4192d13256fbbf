"""Calls of graders in a notebook's cells, such as `grader.check("q1")`: not run again where cells are graded."""

from __future__ import annotations

import ast
import re
import warnings

_MENTIONED = re.compile(r"\b(?:otter|grader|kernel)\b")
_MODULES = ("otter", "otter.logging", "autograder.interop")
_CALLS = {
    "grader": ("check", "check_all", "export"),
    "kernel": ("test", "case", "use_hidden_tests"),
    "otter": ("Notebook",),
}


def without_graders(source: str) -> str:
    """`source` with imports of graders and calls of their tests as comments; lines stay where they are.

    Only statements of their own at the margin, and only in cells that are Python.
    """
    if not _MENTIONED.search(source):
        return source
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in a student's string
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    lines = source.split("\n")
    kept = {line for node in body if not _is_graders(node) for line in _lines(node)}
    for node in body:
        if _is_graders(node) and not kept.intersection(_lines(node)):
            for line in _lines(node):
                lines[line - 1] = f"# {lines[line - 1]}"
    return "\n".join(lines)


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _is_graders(node: ast.stmt) -> bool:
    """Whether a statement does nothing but load or call a grader."""
    match node:
        case ast.Import(names=names):
            return all(alias.name in _MODULES for alias in names)
        case ast.ImportFrom(module=str(module)):
            return module in _MODULES
        case ast.Expr(value=call) | ast.Assign(value=call):
            return _is_call(call)
    return False


def _is_call(call: ast.expr) -> bool:
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name), args=arguments):
            literal = all(isinstance(argument, ast.Constant | ast.JoinedStr) for argument in arguments)
            return name in _CALLS.get(owner, ()) and literal
    return False

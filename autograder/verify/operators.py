"""Small changes to a reference solution, made by rule: an operator swapped, a term dropped, a boundary moved; pure.

Only what stands in the solution blocks of the question is changed. Each change is one edit of the text, so that a
survivor can be read in its line.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

import msgspec

from autograder.model import Assignment, Question
from autograder.release.stub import find_blocks

_SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_MOVED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_TERMS = (ast.Add, ast.Sub, ast.Mult, ast.Div)  # whose operands can stand alone
_RELATED = {
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "min": "max",
    "amax": "amin",
    "argmax": "argmin",
    "argmin": "argmax",
    "maximum": "minimum",
    "minimum": "maximum",
    "zeros": "ones",
    "ones": "zeros",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "floor": "ceil",
    "ceil": "floor",
    "cos": "sin",
    "tanh": "sigmoid",
    "sigmoid": "tanh",
    "train": "eval",
    "eval": "train",
    "var": "std",
    "std": "var",
}
_LEFT_OUT = ("sqrt", "abs", "exp", "log", "detach", "clone", "copy", "square", "sign", "T", "clamp", "flip", "round")
_LOOKS_AT_LENGTHS = "strict"  # keyword of zip
_GUARDS = ("no_grad", "errstate")  # of a with statement, taken away


class Change(msgspec.Struct, frozen=True):
    """One changed file."""

    line: str  # the line of the reference where the change begins, stripped
    was: str
    becomes: str
    number: int  # of that line, from 1
    source: str  # the whole changed file

    def __str__(self) -> str:
        return f"{self.was} -> {self.becomes}"


def changes(source: str, assignment: Assignment, question: Question) -> list[Change]:
    """Every change to the solution of a question, in the order of its lines; none is there twice.

    Args:
        source: the text of the question's file in the reference.
        assignment: the lab.
        question: whose solution is changed.

    Raises:
        ReleaseError: the file's markers or headings are wrong.
    """
    where = f"{assignment.solutions.name}/{question.file}"
    blocks = [b for b in find_blocks(source, assignment, question.file, where) if b.question.id == question.id]
    tree = ast.parse(source)
    seen = {ast.dump(tree)}
    passed_over = {id(part) for skipped in _passed_over(tree) for part in ast.walk(skipped)}
    found = []
    for node in ast.walk(tree):
        line = getattr(node, "lineno", None)
        if line is None or id(node) in passed_over or not any(block.first < line < block.last for block in blocks):
            continue
        for change in _changes_of(source, node):
            try:
                dumped = ast.dump(ast.parse(change.source))
            except SyntaxError:
                continue
            if dumped not in seen:
                seen.add(dumped)
                found.append(change)
    return sorted(found, key=lambda change: change.number)


def _passed_over(tree: ast.AST) -> Iterator[ast.AST]:
    """What says nothing of results: whether `zip` looks at lengths, and annotations."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == _LOOKS_AT_LENGTHS:
            yield node
        for name in ("annotation", "returns"):
            note = getattr(node, name, None)
            if note is not None:
                yield note


def _changes_of(source: str, node: ast.AST) -> Iterator[Change]:
    for old, new in _replacements(node):
        change = _edit(source, old, new)
        if change is not None:
            yield change


def _replacements(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Parts of the tree, and what may stand in their place."""
    if isinstance(node, ast.BinOp):
        yield from _operator(node)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _MOVED:
        yield node, _with(node, ops=[_MOVED[type(node.ops[0])]()])
    elif isinstance(node, ast.BoolOp):
        yield node, _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        yield from ((node, value) for value in node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield node, node.operand
    elif isinstance(node, ast.IfExp):
        yield from ((node, node.body), (node, node.orelse))
    elif isinstance(node, ast.Constant):
        yield from _constant(node)
    elif isinstance(node, ast.Call):
        yield from _call(node)
    elif isinstance(node, ast.stmt):
        yield from _statement(node)


def _statement(node: ast.stmt) -> Iterator[tuple[ast.AST, ast.AST]]:
    if isinstance(node, ast.AugAssign):
        if type(node.op) in _SWAPPED:
            yield node, _with(node, op=_SWAPPED[type(node.op)]())
        yield node, ast.Pass()
        yield node, ast.Assign([node.target], node.value, lineno=node.lineno)
    elif isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)):
        yield node, ast.Pass()
    elif isinstance(node, ast.If):
        yield node.test, ast.UnaryOp(ast.Not(), node.test)
        yield node.test, ast.Constant(value=False)
    elif isinstance(node, ast.With) and any(word in ast.unparse(node.items[0]) for word in _GUARDS):
        yield node, ast.If(ast.Constant(value=True), node.body, [])


def _operator(node: ast.BinOp) -> Iterator[tuple[ast.AST, ast.AST]]:
    if type(node.op) in _SWAPPED:
        yield node, _with(node, op=_SWAPPED[type(node.op)]())
    if isinstance(node.op, _TERMS):
        yield node, node.left
        yield node, node.right


def _constant(node: ast.Constant) -> Iterator[tuple[ast.AST, ast.AST]]:
    value = node.value
    if isinstance(value, bool):
        yield node, ast.Constant(not value)
    elif isinstance(value, int):
        yield node, ast.Constant(value + 1)
        if value > 0:
            yield node, ast.Constant(value - 1)
    elif isinstance(value, float):
        yield node, ast.Constant(value * 2 if value else 1.0)


def _call(node: ast.Call) -> Iterator[tuple[ast.AST, ast.AST]]:
    for index, keyword in enumerate(node.keywords):
        if keyword.arg not in (None, _LOOKS_AT_LENGTHS):
            yield node, _with(node, keywords=[*node.keywords[:index], *node.keywords[index + 1 :]])
    if not isinstance(node.func, ast.Attribute):
        return
    name = node.func.attr
    if name in _RELATED:
        yield node, _with(node, func=_with(node.func, attr=_RELATED[name]))
    if name in _LEFT_OUT:
        is_module = isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "torch", "math", "F")
        if is_module and node.args:
            yield node, node.args[0]
        elif not is_module:
            yield node, node.func.value


def _with(node: ast.AST, **changed: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in changed.items():
        setattr(other, name, value)
    return other


def _edit(source: str, old: ast.AST, new: ast.AST) -> Change | None:
    """The file with one part written anew; None where the part has no place of its own."""
    first, last = getattr(old, "lineno", None), getattr(old, "end_lineno", None)
    if first is None or last is None:
        return None
    lines = source.encode().splitlines(keepends=True)
    start = sum(map(len, lines[: first - 1])) + old.col_offset  # type: ignore[attr-defined]
    end = sum(map(len, lines[: last - 1])) + old.end_col_offset  # type: ignore[attr-defined]
    text = source.encode()
    was = text[start:end].decode()
    becomes = ast.unparse(ast.fix_missing_locations(new))
    if isinstance(old, ast.expr) and not isinstance(new, ast.Constant | ast.Name | ast.Call | ast.Attribute):
        becomes = f"({becomes})"
    indent = " " * (len(lines[first - 1]) - len(lines[first - 1].lstrip(b" ")))
    becomes = becomes.replace("\n", "\n" + indent)
    changed = (text[:start] + becomes.encode() + text[end:]).decode()
    return Change(lines[first - 1].decode().strip(), _short(was), _short(becomes), first, changed)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 160 else f"{text[:159]}…"

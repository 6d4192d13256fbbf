"""A file of the annotated reference without its solution blocks: the stub that students fill in."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator

import msgspec

from autograder.errors import ReleaseError
from autograder.headings import HEADING, heading_of
from autograder.model import Assignment, Limits, Question

_MARKER = re.compile(r"#+\s*(BEGIN|END)[ _]SOLUTION\b.*", re.IGNORECASE)


class Block(msgspec.Struct, frozen=True):
    """One solution block; lines count from 1, and its markers stand on the first and the last."""

    first: int
    last: int
    indent: str
    question: Question


def render_stub(source: str, assignment: Assignment, file: str) -> str:
    """The student's version of one file of the reference solution.

    Args:
        source: its text.
        assignment: whose headings it must have.
        file: its path below `solutions/<lab>/`, e.g. "losses.py".

    Raises:
        ReleaseError: markers or headings are wrong, a question of this file has no block, or the stub is not Python;
            the message begins with file and line.
    """
    where = f"{assignment.solutions.parent.name}/{assignment.solutions.name}/{file}"
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as problem:
        raise ReleaseError(f"{where}:{getattr(problem, 'lineno', None) or 1}: not Python: {problem}") from None
    blocks = find_blocks(source, assignment, file, where)
    for question in assignment.questions:
        if question.file == file and question.id not in {block.question.id for block in blocks}:
            raise ReleaseError(
                f"{where}:1: question {question.id} has no solution block; put its solution between "
                f'"# BEGIN SOLUTION" and "# END SOLUTION", below "{heading_of(question)}"'
            )
    stub = _without_blocks(source, blocks, tree)
    text = "\n".join(line for _, line in stub).rstrip("\n") + "\n"
    try:
        compile(text, where, "exec", dont_inherit=True)
    except SyntaxError as problem:
        line = stub[min(problem.lineno or 1, len(stub)) - 1][0]
        what = re.sub(r" on line \d+", "", problem.msg)  # a line of the stub, which nobody can look up
        raise ReleaseError(
            f"{where}:{line}: without its solution blocks this is not Python ({what}); leave a statement outside"
        ) from None
    return text


def find_blocks(source: str, assignment: Assignment, file: str, where: str) -> list[Block]:
    """The solution blocks of a source that is Python, in order.

    Raises:
        ReleaseError: markers are not balanced or not written as they should be, or a heading is missing or wrong.
    """
    blocks: list[Block] = []
    question: Question | None = None
    begin: tuple[int, str] | None = None  # line and indentation of the marker that is open
    for line, indent, alone, comment in _comments(source):
        here = f"{where}:{line}"
        if heading := HEADING.fullmatch(comment):
            question = _question(heading[1], heading[2], assignment, file, here)
        marker = _MARKER.fullmatch(comment)
        if marker is None:
            continue
        word = marker[1].upper()
        if comment != f"# {word} SOLUTION" or not alone:
            raise ReleaseError(f'{here}: write the marker as "# {word} SOLUTION", on a line of its own')
        if word == "BEGIN" and begin is not None:
            raise ReleaseError(f"{here}: a solution block begins inside the one of line {begin[0]}; end that first")
        if word == "BEGIN":
            begin = (line, indent)
        elif begin is None:
            raise ReleaseError(f'{here}: "# END SOLUTION" without "# BEGIN SOLUTION"')
        elif indent != begin[1]:
            raise ReleaseError(f"{here}: the markers of a block (line {begin[0]}) must be indented alike")
        else:
            blocks.append(_block(source, begin[0], line, indent, question, where))
            begin = None
    if begin is not None:
        raise ReleaseError(f'{where}:{begin[0]}: "# BEGIN SOLUTION" without "# END SOLUTION"')
    return blocks


def cell_blocks(source: str) -> list[tuple[Block, str]]:
    """The solution blocks of a notebook's cell, each with the line that stands in its place, or nothing.

    The cell's own headings say which question; sources were checked when students' files were made from them.

    Raises:
        ReleaseError: the cell is not Python, or its markers are not balanced.
    """
    blocks: list[Block] = []
    question = Question("", "", 0.0, "", Limits())
    begin: tuple[int, str] | None = None
    try:
        tree = ast.parse(source)
    except SyntaxError as problem:
        raise ReleaseError(f"cell line {problem.lineno or 1}: not Python: {problem.msg}") from None
    for line, indent, _, comment in _comments(source):
        if heading := HEADING.fullmatch(comment):
            question = Question(heading[1], heading[2], 0.0, "", Limits())
        if comment == "# BEGIN SOLUTION":
            begin = (line, indent)
        elif comment == "# END SOLUTION" and begin is not None:
            blocks.append(Block(begin[0], line, begin[1], question))
            begin = None
    if begin is not None:
        raise ReleaseError(f'cell line {begin[0]}: "# BEGIN SOLUTION" without "# END SOLUTION"')
    raising = _raises(blocks, tree)
    return [(block, raising.get(block.first, "")) for block in blocks]


def render_cell(source: str) -> str:
    """The student's version of a notebook's cell.

    Raises:
        ReleaseError: see `cell_blocks`.
    """
    blocks = [block for block, _ in cell_blocks(source)]
    return "\n".join(line for _, line in _without_blocks(source, blocks, ast.parse(source))).strip("\n")


def _block(source: str, first: int, last: int, indent: str, question: Question | None, where: str) -> Block:
    inside = [line.strip() for line in source.split("\n")[first : last - 1]]
    if not any(line and not line.startswith("#") for line in inside):
        raise ReleaseError(f"{where}:{first}: an empty solution block; put the solution in it, or remove it")
    if any(HEADING.fullmatch(line) for line in inside):
        raise ReleaseError(f"{where}:{first}: a heading inside this solution block; end the block before it")
    if question is None:
        heading = "# ---- Question 1.6: Its title ----"
        raise ReleaseError(f'{where}:{first}: a solution block before any heading; put "{heading}" above it')
    return Block(first, last, indent, question)


def _question(identifier: str, title: str, assignment: Assignment, file: str, here: str) -> Question:
    """The question that a heading names.

    Raises:
        ReleaseError: there is none such, its title differs, or it belongs to another of the lab's files.
    """
    try:
        question = assignment.question(identifier)
    except KeyError:
        known = ", ".join(question.id for question in assignment.questions)
        raise ReleaseError(f"{here}: no question {identifier} in assignment.yaml; it has {known}") from None
    if title != question.title:
        raise ReleaseError(f'{here}: the title in assignment.yaml is another: write "{heading_of(question)}"')
    if file in assignment.files and question.file != file:
        raise ReleaseError(f"{here}: question {identifier} belongs into {question.file}, says assignment.yaml")
    return question


def _comments(source: str) -> Iterator[tuple[int, str, bool, str]]:
    """Line, indentation, whether nothing stands before it, and text of each comment."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            before = token.line[: token.start[1]]
            yield token.start[0], before, not before.strip(), token.string.rstrip()


def _without_blocks(source: str, blocks: list[Block], tree: ast.Module) -> list[tuple[int, str]]:
    """The stub's lines with their numbers in `source`: a `raise` for each function's first block, no other."""
    numbered = list(enumerate(source.split("\n"), 1))
    stub: list[tuple[int, str]] = []
    raising = _raises(blocks, tree)
    done = 0
    for block in blocks:
        stub += numbered[done : block.first - 1]
        done = block.last
        if isinstance(_scope(tree, block), ast.ClassDef | ast.Module):
            while done < len(numbered) and not numbered[done][1].strip() and (not stub or not stub[-1][1].strip()):
                done += 1  # of the blank lines around what is removed, only those above stay
        elif block.first in raising:
            stub.append((block.first, raising[block.first]))
    return stub + numbered[done:]


def _raises(blocks: list[Block], tree: ast.Module) -> dict[int, str]:
    """The `raise` that stands for each function's first block, by that block's first line."""
    raising: dict[int, str] = {}
    scopes: set[int] = set()  # first lines of the functions that raise already
    for block in blocks:
        scope = _scope(tree, block)
        if isinstance(scope, ast.ClassDef | ast.Module) or scope.lineno in scopes:
            continue
        scopes.add(scope.lineno)
        text = json.dumps(f"Question {block.question.id}: {block.question.title}", ensure_ascii=False)
        raising[block.first] = f"{block.indent}raise NotImplementedError({text})"
    return raising


def _scope(tree: ast.Module, block: Block) -> ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef:
    """The innermost function or class that a block stands in; the module if there is none."""
    scope: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef = tree
    for node in ast.walk(tree):  # outer ones come before inner ones
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.lineno < block.first < (node.end_lineno or 0):
            scope = node
    return scope

"""What students receive, generated from the annotated reference solution.

In `solutions/<lab>/`, everything between `# BEGIN SOLUTION` and `# END SOLUTION` stays with the course. Inside a
function such a block becomes `raise NotImplementedError("Question 1.6: Softmax cross-entropy")`; elsewhere it goes.
The question is the one of the last heading above, `# ---- Question 1.6: Softmax cross-entropy ----`.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import msgspec

from autograder.errors import ReleaseError
from autograder.model import Assignment, Question

_MARKER = re.compile(r"#+\s*(BEGIN|END)[ _]SOLUTION\b.*", re.IGNORECASE)
_HEADING = re.compile(r"#\s*-+\s*Question\s+(\S+):\s*(.*?)\s*-+")
_MIN_CHARACTERS = 12  # of a line that says something: `return x`, `else:` and the like are shorter
_MIN_RUN = 3  # such lines in a row are a copy, not a coincidence
_SHARED_NAMES = ("__init__.py", "conftest.py")  # may be the same in public and hidden tests


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
                f'"# BEGIN SOLUTION" and "# END SOLUTION", below "{_heading(question)}"'
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
        if heading := _HEADING.fullmatch(comment):
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


def _block(source: str, first: int, last: int, indent: str, question: Question | None, where: str) -> Block:
    inside = [line.strip() for line in source.split("\n")[first : last - 1]]
    if not any(line and not line.startswith("#") for line in inside):
        raise ReleaseError(f"{where}:{first}: an empty solution block; put the solution in it, or remove it")
    if any(_HEADING.fullmatch(line) for line in inside):
        raise ReleaseError(f"{where}:{first}: a heading inside this solution block; end the block before it")
    if question is None:
        heading = "# ---- Question 1.6: Its title ----"
        raise ReleaseError(f'{where}:{first}: a solution block before any heading; put "{heading}" above it')
    return Block(first, last, indent, question)


def build_template(assignment: Assignment) -> dict[str, bytes]:
    """Every file that students receive, by its path below the template's folder.

    Raises:
        ReleaseError: a stub cannot be made, two sources have the same target, or a secret would get out.
    """
    files: dict[str, bytes] = {}
    secret: list[list[str]] = []  # the lines of each block
    told: list[list[str]] = []  # the other lines of each of the solutions' files
    stubs: set[str] = set()
    for path, target in _sources(assignment):
        content = path.read_bytes()
        if target in files:
            raise ReleaseError(f"{path}: {target} comes from another place, too; rename one")
        if path.is_relative_to(assignment.solutions) and path.suffix == ".py":
            source = _text(content, path)
            content = render_stub(source, assignment, target).encode()
            stubs.add(target)
            lines = source.split("\n")
            inside: set[int] = set()
            for block in find_blocks(source, assignment, target, target):
                secret.append(lines[block.first : block.last - 1])
                inside.update(range(block.first - 1, block.last))
            told.append([line for index, line in enumerate(lines) if index not in inside])
        files[target] = content
    missing = [file for file in assignment.files if file not in files]
    if missing:
        raise ReleaseError(f"{assignment.solutions}: {', '.join(missing)} missing; stubs are made from the solutions")
    _check_hidden(assignment, files)
    _check_solutions(files, stubs, secret, told)
    return files


def write_template(assignment: Assignment) -> None:
    """Make the template's folder exactly what `build_template` says; files that are no part of it are removed.

    Raises:
        ReleaseError: see `build_template`; or the folder is one of the course's own sources.
    """
    for source in (assignment.folder.resolve(), assignment.solutions.resolve()):
        target = assignment.template.resolve()
        if target == source or target in source.parents or source in target.parents:
            raise ReleaseError(f"{target}: the template would overwrite {source}; change `template` in course.yaml")
    files = build_template(assignment)
    for extra in _present(assignment.template) - files.keys():
        (assignment.template / extra).unlink()
    for name, content in files.items():
        path = assignment.template / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)


def check_template(assignment: Assignment) -> list[str]:
    """One line for each file of the template that is not what `build_template` says; empty if there is none.

    Raises:
        ReleaseError: see `build_template`.
    """
    files = build_template(assignment)
    present = _present(assignment.template)
    drift = []
    for name in sorted(files.keys() | present):
        if name not in present:
            what = "is missing"
        elif name not in files:
            what = "is no part of the template"
        elif (assignment.template / name).read_bytes() != files[name]:
            what = "differs from its source"
        else:
            continue
        place = f"{assignment.template.parent.name}/{assignment.template.name}/{name}"
        drift.append(f"{place}: {what}; run `autograder release {assignment.id}`")
    return drift


def _heading(question: Question) -> str:
    return f"# ---- Question {question.id}: {question.title} ----"


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
        raise ReleaseError(f'{here}: the title in assignment.yaml is another: write "{_heading(question)}"')
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
    raising: set[int] = set()  # lines of the functions that raise already
    done = 0
    for block in blocks:
        stub += numbered[done : block.first - 1]
        done = block.last
        scope = _scope(tree, block)
        if isinstance(scope, ast.ClassDef | ast.Module):
            while done < len(numbered) and not numbered[done][1].strip() and (not stub or not stub[-1][1].strip()):
                done += 1  # of the blank lines around what is removed, only those above stay
        elif scope.lineno not in raising:
            raising.add(scope.lineno)
            text = json.dumps(f"Question {block.question.id}: {block.question.title}", ensure_ascii=False)
            stub.append((block.first, f"{block.indent}raise NotImplementedError({text})"))
    return stub + numbered[done:]


def _scope(tree: ast.Module, block: Block) -> ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef:
    """The innermost function or class that a block stands in; the module if there is none."""
    scope: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef = tree
    for node in ast.walk(tree):  # outer ones come before inner ones
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.lineno < block.first < (node.end_lineno or 0):
            scope = node
    return scope


def _sources(assignment: Assignment) -> Iterator[tuple[Path, str]]:
    """Every source file with its path in the template."""
    for folder, prefix in (
        (assignment.solutions, ""),
        (assignment.folder / "tests" / "public", "tests/"),
        (assignment.folder / "data", "data/"),
    ):
        for name in sorted(_present(folder)):
            yield folder / name, prefix + name
    for name in ("probes.py", "README.md"):
        if (assignment.folder / name).is_file():
            yield assignment.folder / name, name


def _present(folder: Path) -> set[str]:
    """Relative paths of the files in a folder, without hidden ones and caches."""
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file() or path.is_symlink()]
    return {
        path.as_posix()
        for path in paths
        if not any(part.startswith(".") or part == "__pycache__" for part in path.parts)
    }


def _text(content: bytes, path: Path) -> str:
    try:
        return content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ReleaseError(f"{path}:1: is not text in UTF-8") from None


def _check_hidden(assignment: Assignment, files: dict[str, bytes]) -> None:
    """Refuse a file with the content of a hidden one; `conftest.py`, `__init__.py` and empty files may be alike.

    Raises:
        ReleaseError: naming both.
    """
    hidden = assignment.folder / "tests" / "hidden"
    names = [name for name in sorted(_present(hidden)) if Path(name).name not in _SHARED_NAMES]
    contents = {(hidden / name).read_bytes().strip(): name for name in names}
    for target, content in files.items():
        name = contents.get(content.strip(), "")
        if name and content.strip():
            raise ReleaseError(
                f"{target}: is the same as tests/hidden/{name}, and students would receive it; remove it"
            )


def _check_solutions(files: dict[str, bytes], stubs: set[str], secret: list[list[str]], told: list[list[str]]) -> None:
    """Refuse a file that holds a piece of a solution block.

    Lines of fewer than twelve characters, comments and imports say nothing and are not counted. In a stub, which is
    made by removing blocks, one line of a block is too many, unless it also stands outside of all blocks. Elsewhere
    one line proves nothing: a public test calls a function just as the solution does, a handout prints a formula that
    is the code. There, three lines of a block in a row are a copy.

    Raises:
        ReleaseError: naming the file and the first line.
    """
    for target, content in files.items():
        length = 1 if target in stubs else _MIN_RUN
        runs = {run for block in secret for run in _runs(block, length)}
        runs -= {run for lines in told for run in _runs(lines, length)}
        for run in _runs(content.decode("utf-8", "replace").split("\n"), length):
            if run in runs:
                raise ReleaseError(f'{target}: shows a piece of a solution, from "{run[0]}" on; remove it')


def _runs(lines: list[str], length: int) -> Iterator[tuple[str, ...]]:
    """Every `length` lines in a row, of those that say something."""
    speaking = [" ".join(line.split()) for line in lines]
    speaking = [
        line for line in speaking if len(line) >= _MIN_CHARACTERS and not line.startswith(("#", "import ", "from "))
    ]
    for start in range(len(speaking) - length + 1):
        yield tuple(speaking[start : start + length])

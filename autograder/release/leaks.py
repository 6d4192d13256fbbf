"""What must not get out: hidden tests, pieces of solutions, known mistakes in the files that students receive."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from autograder.course import reference_files
from autograder.errors import ReleaseError
from autograder.model import Assignment
from autograder.release.stub import find_blocks

_MIN_CHARACTERS = 12  # of a line that says something: `return x`, `else:` and the like are shorter
_MIN_RUN = 3  # such lines in a row are a copy, not a coincidence
_SHARED_NAMES = ("__init__.py", "conftest.py")  # may be the same in public and hidden tests


def check_secrets(assignment: Assignment, files: Mapping[str, bytes]) -> None:
    """Refuse a student's package, whoever made it, that holds what only graders may have.

    Args:
        assignment: whose hidden tests, solutions, mutants and equivalents.
        files: the package, by path; of notebooks, the cells and the tests that otter keeps in their metadata count.

    Raises:
        ReleaseError: naming the file.
    """
    readable = {name: _text_of(content) if name.endswith(".ipynb") else content for name, content in files.items()}
    for kind in ("tests/hidden", "mutants", "equivalents"):
        folder = assignment.folder / kind
        check_hidden(
            readable,
            {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))},
            place=kind,
        )
    check_solutions(readable, {name for name in files if name.endswith(".ipynb")}, *solution_lines(assignment))


def solution_lines(assignment: Assignment) -> tuple[list[list[str]], list[list[str]]]:
    """The lines of each solution block, and the other lines of each of the solutions' files.

    Raises:
        ReleaseError: a file's markers are wrong.
    """
    secret: list[list[str]] = []
    told: list[list[str]] = []
    for name, content in reference_files(assignment).items():
        lines = content.decode().replace("\r\n", "\n").split("\n")
        inside: set[int] = set()
        for block in find_blocks("\n".join(lines), assignment, name, name):
            secret.append(lines[block.first : block.last - 1])
            inside.update(range(block.first - 1, block.last))
        told.append([line for index, line in enumerate(lines) if index not in inside])
    return secret, told


def _text_of(notebook: bytes) -> bytes:
    """What a notebook's cells say, and all text in its metadata."""
    document = json.loads(notebook)
    cells = ["".join(cell["source"]) for cell in document.get("cells", ())]
    return "\n".join([*cells, *_strings(document.get("metadata"))]).encode()


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def check_hidden(files: Mapping[str, bytes], hidden: Mapping[str, bytes], place: str = "tests/hidden") -> None:
    """Refuse a file with the content of a hidden one; `conftest.py`, `__init__.py` and empty files may be alike.

    Args:
        files: what students would receive, by path.
        hidden: what they must not, by its path in `place`.
        place: a folder of the assignment's.

    Raises:
        ReleaseError: naming both.
    """
    contents = {
        content.strip(): name for name, content in hidden.items() if PurePosixPath(name).name not in _SHARED_NAMES
    }
    for target, content in files.items():
        name = contents.get(content.strip(), "")
        if name and content.strip():
            raise ReleaseError(f"{target}: is the same as {place}/{name}, and students would receive it; remove it")


def check_solutions(
    files: Mapping[str, bytes], stubs: set[str], secret: list[list[str]], told: list[list[str]]
) -> None:
    """Refuse a file that holds a piece of a solution block.

    Lines of fewer than twelve characters, comments and imports say nothing and are not counted. In a stub, which is
    made by removing blocks, one line of a block is too many, unless it also stands outside of all blocks. Elsewhere
    one line proves nothing: a public test calls a function just as the solution does, a handout prints a formula that
    is the code. There, three lines of a block in a row are a copy.

    Args:
        files: what students would receive, by path.
        stubs: those of them that were made from solutions.
        secret: the lines of each solution block.
        told: the other lines of each of the solutions' files.

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

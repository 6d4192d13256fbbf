"""What must not get out: hidden tests and pieces of solutions in the files that students receive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from autograder.errors import ReleaseError

_MIN_CHARACTERS = 12  # of a line that says something: `return x`, `else:` and the like are shorter
_MIN_RUN = 3  # such lines in a row are a copy, not a coincidence
_SHARED_NAMES = ("__init__.py", "conftest.py")  # may be the same in public and hidden tests


def check_hidden(files: dict[str, bytes], hidden: dict[str, bytes]) -> None:
    """Refuse a file with the content of a hidden one; `conftest.py`, `__init__.py` and empty files may be alike.

    Args:
        files: what students would receive, by path.
        hidden: what they must not, by its path in tests/hidden.

    Raises:
        ReleaseError: naming both.
    """
    contents = {
        content.strip(): name for name, content in hidden.items() if PurePosixPath(name).name not in _SHARED_NAMES
    }
    for target, content in files.items():
        name = contents.get(content.strip(), "")
        if name and content.strip():
            raise ReleaseError(
                f"{target}: is the same as tests/hidden/{name}, and students would receive it; remove it"
            )


def check_solutions(files: dict[str, bytes], stubs: set[str], secret: list[list[str]], told: list[list[str]]) -> None:
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

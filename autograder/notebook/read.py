"""Notebooks: a .ipynb file becomes code cells that plain Python can run, and the files that its cells write.

Only code is read, never outputs. What only a notebook's shell understands (`%magic`, `!command`, `help?`) is left out
and counted in a note, line numbers stay what they were, and nothing else that is Python is touched but the calls of
graders' own tests (see `graders`).
"""

from __future__ import annotations

import ast
import re
import shlex
import unicodedata
import warnings
from collections.abc import Iterator
from typing import Any

import msgspec

from autograder.errors import SubmissionError
from autograder.model import Cell
from autograder.notebook.graders import without_graders

MAX_CODE_CHARACTERS = 1 << 18  # all code cells together; to parse this much takes up to a second
MAX_NAME_BYTES = 255  # of one part of a path: what file systems take
MAX_PATH_BYTES = 1024

_BODY_RUNS = ("time", "capture")  # cell magics that run their cell as Python
_WRITES_FILE = ("writefile", "file")
_BIDIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MAGIC = re.compile(r"\s*(?:%{1,2}[A-Za-z_]|!|\?{1,2}\s*[A-Za-z_%])")
_HELP = re.compile(r"\s*%{0,2}[A-Za-z_][\w.]*(?:\[[\w'\"]+\])?\?{1,2}\s*")
_ASSIGNED_MAGIC = re.compile(r"\s*[A-Za-z_][\w.,\s\[\]]*=\s*(?:%[A-Za-z_]|!\s*[\w./~$\"'({])")
_TIMED = re.compile(r"(\s*)%time\s+(\S.*)")
_QUOTES = re.compile(r"'''|\"\"\"|'|\"")


class NotebookContent(msgspec.Struct, frozen=True):
    """What is of use in a notebook."""

    cells: tuple[Cell, ...]  # code cells, in order; numbers count all cells from 1
    files: dict[str, bytes]  # what `%%writefile` cells write
    notes: tuple[str, ...]  # what was left out, for the student


def read_notebook(content: bytes) -> NotebookContent:
    """Read a notebook of format 3 or 4.

    Raises:
        SubmissionError: one line on why it cannot be read.
    """
    left_out: list[int] = []  # the cell's number, for each line left out
    cells: list[Cell] = []
    files: dict[str, bytes] = {}
    notes: list[str] = []
    characters = 0
    for number, source in _code_cells(_document(content)):
        characters += len(source)
        if characters > MAX_CODE_CHARACTERS:
            raise SubmissionError(f"the notebook's cells hold more than {MAX_CODE_CHARACTERS:,} characters of code")
        magic, argument, source = _cell_magic(source)
        if magic in _WRITES_FILE:
            notes.append(_write_file(files, number, argument, source))
        elif magic:
            notes.append(f"cell {number} was left out: it is a %%{plain_text(magic)} cell, not plain Python")
        else:
            source, count = _plain_python(source)
            left_out += [number] * count
            if source.strip():
                cells.append(Cell(number, without_graders(source)))
    if left_out:
        lines = "1 line is" if len(left_out) == 1 else f"{len(left_out)} lines are"
        numbers = list(dict.fromkeys(left_out))
        where = f"cell{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
        notes.append(f"{lines} not Python (%..., !... or ?...) and left out, in {where}")
    return NotebookContent(tuple(cells), files, tuple(notes))


def plain_path(name: str) -> str:
    """`name` as a relative path with forward slashes, in Unicode's composed form.

    Backslashes count as slashes; `./` and doubled slashes go.

    Raises:
        SubmissionError: it leads out of its folder, or holds characters that no file name should.
    """
    shown = name.encode("unicode_escape", "backslashreplace").decode("ascii")[:120]
    if any(unicodedata.category(character) in ("Cc", "Cs") or character in _BIDIRECTIONAL for character in name):
        raise SubmissionError(f'the name "{shown}" holds invisible control characters; rename the file')
    path = unicodedata.normalize("NFC", name).replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or re.match(r"[A-Za-z]:", path) or ".." in parts:
        raise SubmissionError(f'the name "{shown}" leads out of its folder; use plain relative names')
    path = "/".join(parts)
    too_long = any(len(part.encode()) > MAX_NAME_BYTES for part in parts) or len(path.encode()) > MAX_PATH_BYTES
    if too_long:
        raise SubmissionError(f'the name "{shown[:40]}..." is too long; rename the file')
    return path


def _document(content: bytes) -> dict[str, Any]:
    if not content.strip():
        raise SubmissionError("the notebook is an empty file; save it again and hand it in again")
    try:
        document = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise SubmissionError("the notebook is damaged: it is not JSON; save it again and hand it in again") from None
    if not isinstance(document, dict):
        raise SubmissionError("this is not a notebook: its JSON has no cells")
    return document


def _code_cells(document: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Numbers and sources of the code cells.

    Raises:
        SubmissionError: the document is not built like a notebook, or its language is not Python.
    """
    metadata = document.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    language = kernel.get("language") if isinstance(kernel, dict) else None
    if isinstance(language, str) and language and language.lower() not in ("python", "python3"):
        raise SubmissionError(f"the notebook is written in {plain_text(language)}, not in Python")
    cells = document.get("cells")
    if cells is None and isinstance(document.get("worksheets"), list):  # format 3
        cells = []
        for worksheet in document["worksheets"]:
            if not isinstance(worksheet, dict) or not isinstance(worksheet.get("cells"), list):
                raise SubmissionError("the notebook is damaged: a worksheet has no list of cells")
            cells += worksheet["cells"]
    if not isinstance(cells, list):
        raise SubmissionError("this is not a notebook of format 3 or 4: it has no list of cells")
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            raise SubmissionError(f"the notebook is damaged: cell {number} is not a cell")
        if cell.get("cell_type") == "code":
            yield number, _source(cell.get("source", cell.get("input")), number)


def _source(source: Any, number: int) -> str:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise SubmissionError(f"the notebook is damaged: the code of cell {number} is not text")
    return source.replace("\r\n", "\n").replace("\r", "\n")


def plain_text(text: str) -> str:
    """Something short out of a submission, fit to stand in a message: one line, no control characters."""
    shown = "".join(character if character.isprintable() else "?" for character in text)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _cell_magic(source: str) -> tuple[str, str, str]:
    """The name of a cell's magic, the rest of its line, and what follows; without a magic, the whole source.

    Magics that run their cell as Python become comments, so that line numbers stay.
    """
    lines = source.split("\n")
    for index, line in enumerate(lines):
        match = re.match(r"%%(\w+)(.*)", line)
        if match is not None and match[1] in _BODY_RUNS:
            lines[index] = f"# {line}"
        elif match is not None:
            return match[1], match[2].strip(), "\n".join(lines[index + 1 :])
        elif line.strip():
            break
    return "", "", "\n".join(lines)


def _write_file(files: dict[str, bytes], number: int, argument: str, body: str) -> str:
    """Do what a `%%writefile` cell does; the note about it."""
    try:
        words = shlex.split(argument)
    except ValueError:
        words = []
    names = [word for word in words if word not in ("-a", "--append")]
    if len(names) != 1:
        return f"cell {number} was left out: %%writefile needs one file name"
    try:
        name = plain_path(names[0])
    except SubmissionError as problem:
        return f"cell {number} was left out: {problem}"
    content = (body if body.endswith("\n") else body + "\n").encode()
    files[name] = files.get(name, b"") + content if len(names) < len(words) else content
    return f"cell {number} writes {name}"


def _plain_python(source: str) -> tuple[str, int]:
    """`source` without what is not Python, on the same lines; and how many lines that were.

    A cell that parses as it is stays as it is. In any other, magics can only stand where a statement begins, so lines
    inside brackets, strings and continued lines are never touched.
    """
    lines = source.split("\n")
    if not any(map(_is_magic, lines)) or _parses(source):
        return source, 0
    state = _LineState()
    kept = []
    count = 0
    continued = False  # whether the line left out before this one ends in a backslash
    for line in lines:
        starts = not continued and state.between_statements
        if continued or (starts and _is_magic(line)):
            timed = None if continued else _TIMED.fullmatch(line)
            if timed is not None and _parses(timed[2]):
                kept.append(timed[1] + timed[2])  # `%time` runs its statement and keeps what it assigns
            else:
                indent = line[: len(line) - len(line.lstrip())]
                # A block that held only a command still needs a statement; at the margin, `pass` could stand
                # before a `from __future__` import.
                kept.append(f"{indent}pass  # {line.lstrip()}" if indent and not continued else f"# {line}")
                continued = line.endswith("\\")
            count += 1
            continue
        state.read(line)
        kept.append(line)
    return ("\n".join(kept), count) if count else (source, 0)


def _is_magic(line: str) -> bool:
    return bool(_MAGIC.match(line) or _HELP.fullmatch(line) or _ASSIGNED_MAGIC.match(line))


def _parses(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in a student's string
            compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return False
    return True


class _LineState:
    """Where a line begins: between statements, or within a string, brackets or a continued line."""

    def __init__(self) -> None:
        self._depth = 0  # of open brackets
        self._quote = ""  # that closes the string which is open
        self._continued = False

    @property
    def between_statements(self) -> bool:
        return not (self._depth or self._quote or self._continued)

    def read(self, line: str) -> None:
        self._continued = False
        position = 0
        while position < len(line):
            character = line[position]
            if character == "\\":
                self._continued = position == len(line) - 1
                position += 2
            elif self._quote:
                closes = line.startswith(self._quote, position)
                position += len(self._quote) if closes else 1
                self._quote = "" if closes else self._quote
            elif match := _QUOTES.match(line, position):
                self._quote = match[0]
                position = match.end()
            elif character == "#":
                break
            else:
                self._depth = max(0, self._depth + (character in "([{") - (character in ")]}"))
                position += 1
        if len(self._quote) == 1 and not self._continued:
            self._quote = ""  # never closed: the student's own mistake, and it ends with its line

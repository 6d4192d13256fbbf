"""Groups of similar submissions as HTML: an overview, and the evidence of each pair side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from autograder.errors import AutograderError
from autograder.report.html import render
from autograder.report.safe import safe
from autograder.similarity.winnow import Group, Match, Source

MAX_PAIRS = 20  # of a group that are shown side by side
SUMMARY = "groups.json"


class Line(msgspec.Struct, frozen=True):
    """One line of a file, and whether it is part of what is shared."""

    number: int
    text: str
    shared: bool


class Side(msgspec.Struct, frozen=True):
    """One student's files that hold something shared."""

    student: str
    files: tuple[tuple[str, tuple[Line, ...]], ...]


class Listed(msgspec.Struct, frozen=True):
    """A group as the class page lists it."""

    students: list[str]
    share: float
    page: str


def write_similarity(folder: Path, title: str, groups: Sequence[Group], count: int, *, generated_at: datetime) -> Path:
    """Write `index.html`, a page for each group, and `groups.json` for the class page; the overview's path.

    Args:
        folder: where to; made if it is not there. Pages of earlier runs go.
        title: of the assignment.
        groups: the strongest first.
        count: how many submissions were compared.
        generated_at: when; time-zone aware.

    Raises:
        AutograderError: a page cannot be written.
    """
    listed = [
        Listed(list(group.students), group.share, f"group-{number}.html") for number, group in enumerate(groups, 1)
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("group-*.html"):
            old.unlink()
        for entry, group in zip(listed, groups, strict=True):
            pairs = [(match.share, *sides(match)) for match in group.matches[:MAX_PAIRS]]
            left_out = len(group.matches) - len(pairs)
            page = render(
                "similar.html.j2",
                title=title,
                group=entry,
                pairs=pairs,
                left_out=left_out,
                generated_at=generated_at,
                isolation="",
            )
            (folder / entry.page).write_text(page, encoding="utf-8")
        index = folder / "index.html"
        overview = render(
            "similarity.html.j2", title=title, groups=listed, count=count, generated_at=generated_at, isolation=""
        )
        index.write_text(overview, encoding="utf-8")
        (folder / SUMMARY).write_text(json.dumps([msgspec.to_builtins(entry) for entry in listed]), encoding="utf-8")
    except OSError as problem:
        where = problem.filename or folder
        raise AutograderError(f"{where}: the pages cannot be written: {problem.strerror}") from problem
    return index


def read_groups(folder: Path) -> list[Listed]:
    """What an earlier run found, for the class page; nothing if there was none."""
    try:
        return msgspec.json.decode((folder / SUMMARY).read_bytes(), type=list[Listed])
    except (OSError, msgspec.DecodeError):
        return []


def sides(match: Match) -> tuple[Side, Side]:
    """Both students' files with the shared lines marked."""
    return _side(match.first, match.shared), _side(match.second, match.shared)


def _side(source: Source, shared: frozenset[int]) -> Side:
    marked: dict[str, set[int]] = {}
    for mark in shared:
        name, first, last = source.marks[mark]
        marked.setdefault(name, set()).update(range(first, last + 1))
    files = []
    for name, lines in sorted(marked.items()):
        text = source.files[name].split("\n")
        around = {near for line in lines for near in range(line - 2, line + 3)}
        shown = tuple(Line(n, safe(text[n - 1]), n in lines) for n in sorted(around) if 0 < n <= len(text))
        files.append((name, shown))
    return Side(source.student, tuple(files))

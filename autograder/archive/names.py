"""What the name of a file or folder tells: whether it counts, what kind it is, whose it is."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from autograder.model import Assignment

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
UNREADABLE = (".rar", ".7z", ".tar.bz2", ".tar.xz", ".bz2", ".xz", ".gz", ".zst")  # archives, but none of ours
NOTEBOOK = ".ipynb"

_CLUTTER = ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini")


def ending(name: str, endings: Sequence[str]) -> str:
    """The ending of `name` that is one of `endings` whatever its case, as `name` has it; empty if none is."""
    found = [candidate for candidate in endings if name.casefold().endswith(candidate)]
    return name[-len(max(found, key=len)) :] if found else ""


def is_clutter(name: str) -> bool:
    """Whether systems and editors add such files, so that they are nobody's work."""
    return name.startswith(".") or name in _CLUTTER


def student_name(path: Path) -> str:
    """A student's name from that of a folder or file, composed, without characters that cannot be printed."""
    name = path.name
    if not path.is_dir():
        name = name.removesuffix(ending(name, (*ARCHIVES, *UNREADABLE, NOTEBOOK)))
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that are not UTF-8, as older Windows archives leave them
        name = os.fsencode(name).decode("cp1252", "replace")
    name = unicodedata.normalize("NFC", name)
    return "".join(character if character.isprintable() else "_" for character in name).strip() or "unnamed"


def lab_name(assignment: Assignment) -> str:
    """The first word of the assignment's id, e.g. `lab1`."""
    return plain_word(re.split(r"[_\-. ]", assignment.id)[0])


def plain_word(name: str) -> str:
    """`name` as people compare it: letters and digits, whatever their case."""
    return "".join(character for character in name.casefold() if character.isalnum())

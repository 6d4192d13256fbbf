"""The folder `hidden_tests/<lab>`: all that judging needs, for graders alone; no reference, no known mistakes.

Students have `public_tests/<lab>`.
The cells that need it name its digest, so that no folder of a student's can stand in for it.
"""

from __future__ import annotations

from pathlib import Path

from autograder.digests import files_digest

FOLDER = "hidden_tests"
PUBLIC_FOLDER = "public_tests"


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files below a folder by their relative paths, without hidden ones and caches."""
    found = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in parts):
            found["/".join(parts)] = path.read_bytes()
    return found


def find_hidden(lab: str, digest: str, start: Path) -> Path | None:
    """The nearest `hidden_tests/<lab>` with this digest, here or in a folder above."""
    for folder in (start, *start.parents):
        found = folder / FOLDER / lab
        if found.is_dir() and files_digest(read_folder(found)) == digest:
            return found
    return None

"""This engine's own files, for packages that go where it is not installed."""

from __future__ import annotations

import re
from importlib.metadata import requires
from pathlib import Path

from autograder.interop.hidden import read_folder

PACKAGE = Path(__file__).parents[1]
_EXTRA = re.compile(r";.*\bextra\b")
REQUIREMENTS = [line for line in requires("autograder") or () if not _EXTRA.search(line)]


def engine_files() -> dict[str, bytes]:
    """The package `autograder`, by paths that begin with its name."""
    return {f"{PACKAGE.name}/{name}": content for name, content in read_folder(PACKAGE).items()}

"""A release becomes a student's folder."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from autograder.archive.containers import Collected, collect_folder, open_archive
from autograder.course import ASSIGNMENT_FILE, ORIGINAL, is_released
from autograder.errors import SubmissionError, WorkspaceError
from autograder.workspace.folder import Workspace, open_workspace


def start_lab(source: str, here: Path, target: Path | None = None) -> Workspace:
    """Make a lab's folder; nothing that is there is ever overwritten.

    Args:
        source: the file or folder that was received, or the lab's name (`lab1`) if the file lies in `here`.
        here: the current folder.
        target: the folder to make; named after the lab, in `here`, if None.

    Raises:
        WorkspaceError: there is no such release, or the folder is there already.
    """
    path = _find(source, here)
    files = _read(path)
    roots = [name.removesuffix(ASSIGNMENT_FILE) for name in files if PurePosixPath(name).name == ASSIGNMENT_FILE]
    if not roots:
        raise WorkspaceError(
            f"{path}: is no lab: it holds no {ASSIGNMENT_FILE}. Use the file that your course gave you"
        )
    root = min(roots, key=len)
    files = {name.removeprefix(root): content for name, content in files.items() if name.startswith(root)}
    folder = target if target is not None else here / (_id(files[ASSIGNMENT_FILE]) or path.stem)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkspaceError(
            f"{folder.name} is there already, and your work may be in it; go on there with `cd {folder.name}`, "
            f"or name another folder: autograder start {source} FOLDER"
        )
    try:
        for name, content in files.items():
            _write(folder / name, content)
            if not name.startswith("data/"):
                _write(folder / ORIGINAL / name, content)
    except OSError as problem:
        raise WorkspaceError(f"{problem.filename}: cannot be written: {problem.strerror}") from None
    return open_workspace(folder.resolve())


def _find(source: str, here: Path) -> Path:
    """The release that a path or a lab's name means."""
    path = here / source
    if path.is_file() or (path.is_dir() and is_released(path)):
        return path
    named = [zipped for zipped in sorted(here.glob("*.zip")) if zipped.name.casefold().startswith(source.casefold())]
    if len(named) == 1:
        return named[0]
    if named:
        raise WorkspaceError(f"{', '.join(zipped.name for zipped in named)}: which of them? Type the whole name")
    if path.is_dir():
        raise WorkspaceError(f"{source}: is no lab: it holds no {ASSIGNMENT_FILE}")
    zips = ", ".join(zipped.name for zipped in sorted(here.glob("*.zip"))[:5])
    there = f"there are: {zips}" if zips else "there is no .zip file here"
    raise WorkspaceError(f'no lab "{source}" in this folder ({there}). Name the file that your course gave you')


def _read(path: Path) -> dict[str, bytes]:
    try:
        if path.is_dir():
            collected = Collected()
            collect_folder(collected, path)
            return collected.files
        return open_archive(path.read_bytes()).files
    except OSError as problem:
        raise WorkspaceError(f"{path}: cannot be read: {problem.strerror}") from None
    except SubmissionError as problem:
        raise WorkspaceError(f"{path.name}: {problem}") from None


def _id(content: bytes) -> str:
    found = re.search(rb"^id:\s*['\"]?([A-Za-z0-9][\w.-]*)", content, re.MULTILINE)
    return found[1].decode() if found else ""


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)

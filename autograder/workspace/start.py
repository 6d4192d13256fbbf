"""A release becomes a student's folder."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from pathlib import Path, PurePosixPath

from autograder.archive.containers import Collected, collect_folder, open_archive
from autograder.course import ASSIGNMENT_FILE, ORIGINAL, is_released, load_released
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
        CourseError: the release's assignment.yaml is wrong; no folder is made.
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
    identifier = _id(path, files[ASSIGNMENT_FILE])
    folder = here / (target or identifier)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        shown = target or folder.name
        raise WorkspaceError(
            f"{shown} is there already, and your work may be in it; go on there with `cd {shlex.quote(str(shown))}`, "
            f"or name another folder: autograder start {shlex.quote(source)} FOLDER"
        )
    inside = next((parent for parent in folder.resolve().parents if is_released(parent)), None)
    if inside is not None:
        raise WorkspaceError(
            f"{inside.name} is a lab, and a lab inside a lab confuses all commands; "
            f"leave it first: cd {shlex.quote(os.path.relpath(inside.parent, here))}"
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
    zips = [zipped for zipped in sorted(here.glob("*.zip")) if not zipped.stem.endswith("-submission")]
    named = [zipped for zipped in zips if zipped.name.casefold().startswith(source.casefold())]
    if len(named) == 1:
        return named[0]
    if named:
        raise WorkspaceError(f"{', '.join(zipped.name for zipped in named)}: which of them? Type the whole name")
    if path.is_dir():
        raise WorkspaceError(f"{source}: is no lab: it holds no {ASSIGNMENT_FILE}")
    names = ", ".join(zipped.name for zipped in zips[:5])
    there = f"there are: {names}" if names else "there is no .zip file here"
    raise WorkspaceError(f'no lab "{source}" in this folder ({there}). Name the file that your course gave you')


def _read(path: Path) -> dict[str, bytes]:
    try:
        if path.is_dir():
            original = path / ORIGINAL  # somebody has worked in this folder: theirs is not what was received
            files = _collect(original) if original.is_dir() else _collect(path)
            data = _collect(path / "data") if (path / "data").is_dir() else {}
            return files | {f"data/{name}": content for name, content in data.items()}
        content = path.read_bytes()
    except OSError as problem:
        raise WorkspaceError(f"{path}: cannot be read: {problem.strerror}") from None
    except SubmissionError as problem:
        raise WorkspaceError(f"{path.name}: {problem}") from None
    try:
        return open_archive(content).files
    except SubmissionError as problem:
        if re.match(rb"\s*<(!doctype|html|\?xml)", content[:200], re.IGNORECASE):
            raise WorkspaceError(
                f"{path.name}: is a web page, perhaps one that asks you to log in; download it again"
            ) from None
        said = str(problem).replace("make it again and hand it in again", "download it again")
        raise WorkspaceError(f"{path.name}: {said.replace('hand in a .zip', 'download the .zip again')}") from None


def _collect(folder: Path) -> dict[str, bytes]:
    collected = Collected()
    collect_folder(collected, folder)
    return collected.files


def _id(path: Path, content: bytes) -> str:
    """The lab's id, from an assignment.yaml that has proven to be readable."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / path.stem
        _write(folder / ASSIGNMENT_FILE, content)
        if not is_released(folder):
            raise WorkspaceError(
                f"{path}: is a course's own folder; students start from what `autograder release` made"
            )
        return load_released(folder).id


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)

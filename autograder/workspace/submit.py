"""The zip to hand in: what grading reads, and a manifest that says what it was made of."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import shlex
import warnings
import zipfile
from importlib.metadata import version
from pathlib import Path

import msgspec

from autograder import __version__
from autograder.archive import find_submissions, read_submission
from autograder.errors import SubmissionError, WorkspaceError
from autograder.workspace.folder import Workspace

MANIFEST = "manifest.json"


class Handed(msgspec.Struct, frozen=True):
    """What was packed."""

    path: Path
    files: tuple[str, ...]
    size: int  # bytes
    notes: tuple[str, ...]  # what grading would say about it
    missing: tuple[str, ...] = ()  # files of the lab that are not in it


def make_submission(workspace: Workspace, target: Path) -> Handed:
    """Pack the student's files, and read the zip as grading will. The same work gives the same bytes.

    Args:
        workspace: whose.
        target: the zip to write; one that is there is replaced.

    Raises:
        WorkspaceError: grading would refuse it, or could not run a file; nothing is left behind.
    """
    files = workspace.contents()
    if not files:
        raise WorkspaceError(f"{workspace.folder.name}: there is nothing to hand in; it holds no Python file")
    _check_python(workspace, files)
    if target.exists() and not zipfile.is_zipfile(target):
        raise WorkspaceError(f"{target}: is there, and is no .zip file; name another one with --out")
    temporary = target.with_name(f".{target.stem}.making.zip")
    try:
        temporary.write_bytes(_pack(workspace, files))
        notes = _read_back(workspace, temporary)
        temporary.replace(target)
    except OSError as problem:
        raise WorkspaceError(f"{target}: cannot be written: {problem.strerror}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return Handed(target, tuple(files), target.stat().st_size, notes, missing_files(workspace))


def missing_files(workspace: Workspace) -> tuple[str, ...]:
    """The lab's files that are not there and that no notebook stands in for: their questions get no points."""
    files = workspace.own_files()
    if any(name.endswith(".ipynb") for name in files):
        return ()
    return tuple(name for name in workspace.assignment.files if name not in files)


def _check_python(workspace: Workspace, files: dict[str, bytes]) -> None:
    """Refuse what no Python can import, with the place to fix, seen from the current folder."""
    for name, content in files.items():
        if not name.endswith(".py"):
            continue
        place = os.path.relpath(workspace.folder / name)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # say an escape in a string that Python will refuse one day
                compile(content, name, "exec", dont_inherit=True)
        except SyntaxError as problem:
            raise WorkspaceError(
                f"{place}:{problem.lineno or 1}: {problem.msg}. Grading could not run a single test of this file; "
                f"fix it, or take it back to the stub: autograder reset {shlex.quote(name)}"
            ) from None
        except (ValueError, RecursionError, MemoryError) as problem:
            raise WorkspaceError(f"{place}: is not Python: {problem}") from None


def _pack(workspace: Workspace, files: dict[str, bytes]) -> bytes:
    manifest = {
        "assignment": workspace.assignment.id,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "autograder": __version__,
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "platform": platform.system(),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, MANIFEST: json.dumps(manifest, indent=2).encode() + b"\n"}.items():
            entry = zipfile.ZipInfo(f"{workspace.assignment.id}/{name}")  # dated 1980: no clock changes the bytes
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def _read_back(workspace: Workspace, path: Path) -> tuple[str, ...]:
    """What grading notes when it reads the zip.

    Raises:
        WorkspaceError: it refuses it.
    """
    try:
        [entry] = find_submissions([path], workspace.assignment)
        submission = read_submission(entry, workspace.assignment)
    except SubmissionError as problem:
        raise WorkspaceError(f"grading would refuse this: {problem}") from None
    if submission.problem:
        raise WorkspaceError(f"grading would refuse this: {submission.problem}")
    return tuple(note for note in submission.notes if not note.startswith("found your files in "))

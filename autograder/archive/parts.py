"""Single files of a large download: some members of a zip or files of a folder are one student's."""

from __future__ import annotations

import functools
import zipfile
from pathlib import Path

from autograder.archive.containers import Collected, collect_file
from autograder.errors import SubmissionError


def collect_parts(path: Path, parts: tuple[tuple[str, str], ...]) -> Collected:
    """Read one student's files.

    Args:
        path: the download, a zip or a folder.
        parts: where each file lies in it, and the name under which the student handed it in.

    Raises:
        SubmissionError: something in them is refused.
        OSError: this machine cannot read them.
    """
    if path.is_dir():
        return _from_folder(path, parts)
    archive = _opened(path, path.stat().st_mtime_ns)
    infos = [(archive.getinfo(member), name) for member, name in parts]
    collected = Collected(sum(info.compress_size for info, _ in infos))
    for info, name in infos:
        kept = collected.accept(name)
        if not kept:
            continue
        if info.flag_bits & 0x1:
            raise SubmissionError("the download is encrypted; unpack it and name the folder")
        try:
            with archive.open(info) as stream:
                collected.add(kept, stream)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as problem:
            raise SubmissionError(f"{kept} is damaged in the download: {problem}") from None
    return collected


def _from_folder(path: Path, parts: tuple[tuple[str, str], ...]) -> Collected:
    collected = Collected()
    for member, name in parts:
        file = path / member
        if file.is_symlink():
            raise SubmissionError(f"{name} is a link; hand in the file itself")
        kept = collected.accept(name)
        if kept:
            collect_file(collected, file, kept)
    return collected


@functools.lru_cache(maxsize=4)
def _opened(path: Path, changed_ns: int) -> zipfile.ZipFile:  # noqa: ARG001 - a changed file is another
    """Kept open: a class of thousands reads the table of contents once."""
    return zipfile.ZipFile(path)

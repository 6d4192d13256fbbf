"""The bytes in folders, zips and tars, within limits; names are checked before anything is read."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.archive import limits
from autograder.archive.names import is_clutter
from autograder.errors import SubmissionError
from autograder.notebook import plain_path, plain_text

_CHUNK = 1 << 16
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    gzip.BadGzipFile,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    RecursionError,
    NotImplementedError,
    RuntimeError,
    OSError,
)  # fmt: skip - what the readers of the standard library raise for bytes that are not what they should be


class Collected:
    """Files as they are read, within the limits.

    Args:
        archive_bytes: the size of the archive that they come from; None for files on disk.
    """

    def __init__(self, archive_bytes: int | None = None) -> None:
        self.files: dict[str, bytes] = {}
        self.notes: list[str] = []
        self._archive_bytes = archive_bytes
        self._total = 0
        self._entries = 0
        self._left_out = 0
        self._files_folded: dict[str, str] = {}  # names as a file system that ignores case has them
        self._folders_folded: set[str] = set()

    def accept(self, raw: str) -> str:
        """The name under which an entry is kept; empty if it is left out.

        Raises:
            SubmissionError: the name is refused, or there are too many entries.
        """
        path = plain_path(raw)
        if path.endswith(".pyc") or any(map(is_clutter, path.split("/"))):
            path = ""
        limits.check_depth(path)
        self._entries += path != ""
        self._left_out += path == ""
        limits.check_entries(self._entries, self._left_out)
        return path

    def add(self, path: str, stream: IO[bytes]) -> None:
        """Read one file.

        Raises:
            SubmissionError: a limit is broken, or the name is taken.
        """
        self._claim(path)
        content = bytearray()
        while chunk := stream.read(_CHUNK):
            content += chunk
            self._total += len(chunk)
            limits.check_file(path, len(content))
            limits.check_total(self._total)
            if self._archive_bytes is not None:
                limits.check_ratio(self._total, self._archive_bytes)
        self.files[path] = bytes(content)

    def _claim(self, path: str) -> None:
        folded = unicodedata.normalize("NFC", path.casefold())
        parents = [str(parent) for parent in PurePosixPath(folded).parents][:-1]
        for name in (folded, *parents):
            if taken := self._files_folded.get(name):
                raise SubmissionError(f"{plain_text(taken)} and {plain_text(path)} have the same name; keep one")
        if folded in self._folders_folded:
            raise SubmissionError(f"{plain_text(path)} is both a file and a folder; keep one")
        self._files_folded[folded] = path
        self._folders_folded.update(parents)


def collect_folder(collected: Collected, folder: Path) -> None:
    """Read a folder's files; links are counted in a note and left alone.

    Raises:
        SubmissionError: something in it is refused.
        OSError: this machine cannot read it.
    """
    links = 0
    for place, folders, files in os.walk(folder, onerror=_raise):
        inside = Path(place)
        folders[:] = sorted(name for name in folders if not is_clutter(name))
        for path in [inside / name for name in sorted(files)] + [inside / name for name in folders]:
            if path.is_symlink():
                links += not is_clutter(path.name)
            elif not path.is_dir() and (name := collected.accept(path.relative_to(folder).as_posix())):
                collect_file(collected, path, name)
    if links:
        collected.notes.append(
            "1 symbolic link was left out" if links == 1 else f"{links} symbolic links were left out"
        )


def _raise(problem: OSError) -> None:
    raise problem


def collect_file(collected: Collected, path: Path, name: str) -> None:
    """Read a regular file; a pipe or device would hang or never end.

    Raises:
        SubmissionError: it is no regular file, or refused.
        OSError: this machine cannot read it.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SubmissionError(f"{plain_text(name)} is not a regular file; leave it out")
        collected.add(plain_path(name), stream)


def open_archive(content: bytes) -> Collected:
    """What an archive holds; its kind is told by its content, not by its name.

    Raises:
        SubmissionError: it is refused; one line says why.
    """
    if not content:
        raise SubmissionError("the archive is an empty file; make it again and hand it in again")
    collected = Collected(len(content))
    try:
        if content.startswith(b"PK"):
            _collect_zip(collected, content)
        elif content.startswith(b"\x1f\x8b"):
            _collect_tar(collected, _gunzip(content))
        elif content.startswith((b"Rar!", b"7z", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")):
            raise SubmissionError("archives of this kind cannot be read; hand in a .zip")
        else:
            _collect_tar(collected, content)
    except _DAMAGE:
        raise SubmissionError("the archive is damaged or incomplete; make it again and hand it in again") from None
    if not collected.files:
        raise SubmissionError("the archive is empty: it holds no file that counts")
    return collected


def _collect_zip(collected: Collected, content: bytes) -> None:
    with zipfile.ZipFile(_GuardedBytes(content)) as archive:
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            name = collected.accept(_zip_name(info))
            if not name or info.is_dir() or kind == stat.S_IFDIR:
                continue
            _check_kind(name, link=kind == stat.S_IFLNK, regular=kind in (0, stat.S_IFREG))
            if info.flag_bits & 0x1:
                raise SubmissionError("the archive is encrypted; make it again without a password")
            if info.compress_type not in _ZIP_METHODS:
                raise SubmissionError(f"{plain_text(name)} is compressed in an unusual way; make an ordinary .zip")
            with archive.open(info) as stream:
                collected.add(name, stream)


class _GuardedBytes(io.BytesIO):
    """Refuses one huge read: `zipfile` reads the whole table of contents at once and keeps an object per entry."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None:
            limits.check_table(size)
        return super().read(size)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """A zip entry's name; archivers that write UTF-8 without saying so are common."""
    name = info.orig_filename  # `filename` ends at a NUL character
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name


def _collect_tar(collected: Collected, content: bytes) -> None:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for member in archive:
            name = collected.accept(member.name)
            if member.size < 0:
                raise tarfile.ReadError("negative size")
            if not name or member.isdir():
                continue
            _check_kind(name, link=member.issym() or member.islnk(), regular=member.isreg())
            stream = archive.extractfile(member)
            if stream is not None:
                collected.add(name, stream)
        # `tarfile` takes a damaged header for the end, and a student would lose files without a word
        if content[archive.offset : archive.offset + tarfile.BLOCKSIZE].strip(b"\0"):
            raise tarfile.ReadError("damaged header")


def _gunzip(content: bytes) -> bytes:
    unpacked = bytearray()
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
        while chunk := stream.read(_CHUNK):
            unpacked += chunk
            limits.check_ratio(len(unpacked), len(content))
            limits.check_total(len(unpacked) // 2)  # left-out files and tar's own blocks stand in it, too
    return bytes(unpacked)


def _check_kind(name: str, *, link: bool, regular: bool) -> None:
    if link:
        raise SubmissionError(f"{plain_text(name)} is a link; hand in the file itself")
    if not regular:
        raise SubmissionError(f"{plain_text(name)} is a device or pipe, not a file; leave it out")

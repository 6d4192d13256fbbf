"""What students handed in, read into memory: folders, zip and tar archives, notebooks, .py files.

Nothing is ever extracted to disk, no link is followed, and no size that an archive states is believed: bytes are
counted as they are read. What cannot be accepted becomes the one line in `Submission.problem`, so that a batch goes
on; what the person who grades must settle (a path that is not there, two students of one name) is a SubmissionError.
"""

from __future__ import annotations

import ast
import contextlib
import gzip
import io
import os
import re
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from autograder.errors import SubmissionError
from autograder.model import Assignment, Cell, Submission
from autograder.notebook import NotebookContent, plain_path, plain_text, read_notebook

MAX_ENTRIES = 2_000
MAX_LEFT_OUT = 50_000  # entries that are left out anyway, as those of a .git folder
MAX_TOTAL_BYTES = 64 << 20
MAX_FILE_BYTES = 16 << 20
MAX_RATIO = 200  # bytes read for each byte of the archive ...
RATIO_FREE_BYTES = 1 << 20  # ... beyond the first mebibyte, which is no bomb whatever its ratio
MAX_CENTRAL_BYTES = 4 << 20  # of a zip's table of contents, which `zipfile` reads at once

_CHUNK = 1 << 16
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
_UNREADABLE = (".rar", ".7z", ".tar.bz2", ".tar.xz", ".bz2", ".xz", ".gz", ".zst")  # archives, but none of ours
_NOTEBOOK = ".ipynb"
_CLUTTER = ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini")
_LAB_FOLDERS = ("assignment", "code", "homework", "lab", "solution", "src", "submission", "work")
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


def find_submissions(paths: Sequence[Path], assignment: Assignment) -> list[Submission]:
    """Read every submission in `paths`, sorted by student.

    A path is an archive, a notebook, a .py file (those of one folder are one submission, named after it), or a
    folder. A folder is *one submission*, named after it, if

    - it directly holds one of the assignment's files, or
    - it holds one notebook, and no archive or sub-folder with the lab's files, or
    - it holds .py files, and nothing with the lab's files anywhere, or
    - it holds just one sub-folder or archive of interest, and that is named like the lab (`lab1`), like the folder
      itself, or like no student (`src`, `submission`); or several paths were given, so that each stands for a student.

    Any other folder is a *class*: each sub-folder, archive and notebook in it is one student's, even if it is the only
    one. A student's name is the name of that folder, or the file's without its ending.

    Raises:
        SubmissionError: a path is no submission or cannot be read, none is found, or two have the same student.
    """
    found: dict[str, tuple[Path, Submission]] = {}
    for entry in _entries(paths, assignment):
        try:
            submission = _read(entry, assignment)
        except OSError as problem:  # of this machine's, so no student must pay for it
            raise SubmissionError(f"{problem.filename or entry.path}: cannot be read: {problem.strerror}") from None
        before, _ = found.setdefault(submission.student.casefold(), (entry.path, submission))
        if before != entry.path:
            raise SubmissionError(
                f"{before} and {entry.path} are both of the student {submission.student!r}; keep one, or rename it"
            )
    if not found:
        raise SubmissionError(
            f"{', '.join(map(str, paths))}: no submission found; looked for folders, "
            f"{', '.join((*_ARCHIVES, _NOTEBOOK))}, {', '.join(assignment.files)}"
        )
    return [submission for _, (_, submission) in sorted(found.items())]


class _Entry(NamedTuple):
    """Where one submission lies."""

    path: Path
    loose: tuple[Path, ...] = ()  # .py files in `path`, if these alone are the submission
    in_class: bool = False  # found in a class folder, not named by the person who grades


def _entries(paths: Sequence[Path], assignment: Assignment) -> Iterator[_Entry]:
    loose: dict[Path, tuple[Path, ...]] = {}
    for path in dict.fromkeys(map(_absolute, paths)):
        if path.is_dir():
            try:
                one = _is_submission(path, assignment, alone=len(paths) == 1)
                yield from [_Entry(path)] if one else [_Entry(child, in_class=True) for child in _students(path)]
            except OSError as problem:
                raise SubmissionError(f"{problem.filename}: cannot be read: {problem.strerror}") from None
        elif not path.exists():
            raise SubmissionError(f"{path}: there is nothing by this name")
        elif path.suffix == ".py":
            loose[path.parent] = (*loose.get(path.parent, ()), path)
        elif _ending(path.name, (*_ARCHIVES, *_UNREADABLE, _NOTEBOOK)):
            yield _Entry(path)
        else:
            raise SubmissionError(f"{path}: not a folder, {', '.join((*_ARCHIVES, _NOTEBOOK))} or .py file")
    for folder, files in loose.items():
        yield _Entry(folder, files)


def _absolute(path: Path) -> Path:
    """An absolute path under the name that was typed, even if that is a link."""
    return path.resolve() if path.name in ("", "..") else path.parent.resolve() / path.name


def _is_submission(folder: Path, assignment: Assignment, *, alone: bool) -> bool:
    """Whether a folder is one student's; see `find_submissions` for the rule."""
    if any((folder / file).is_file() for file in assignment.files):
        return True
    children = _children(folder)
    folders = [child for child in children if child.is_dir()]
    likely = [child for child in folders if _holds_work(child, assignment)]
    likely += [child for child in children if child.is_file() and _ending(child.name, (*_ARCHIVES, _NOTEBOOK))]
    if not likely:
        return any(child.suffix == ".py" for child in children)
    if len(likely) > 1:
        return False
    only = likely[0]
    if _ending(only.name, (_NOTEBOOK,)):
        return True
    name = _plain_word(_student(only))
    no_student = (_plain_word(assignment.id), _lab_name(assignment), _plain_word(folder.name), *_LAB_FOLDERS)
    return not alone or name in no_student


def _students(folder: Path) -> list[Path]:
    """The entries of a class folder."""
    endings = (*_ARCHIVES, *_UNREADABLE, _NOTEBOOK)
    return [
        child for child in _children(folder) if child.is_dir() or child.is_symlink() or _ending(child.name, endings)
    ]


def _children(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if not _is_clutter(child.name))


def _holds_work(folder: Path, assignment: Assignment) -> bool:
    """Whether one of the assignment's files, a notebook or an archive stands in a folder or deeper."""
    names = {PurePosixPath(file).name for file in assignment.files}
    for _, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _is_clutter(name)]
        if any(name in names or _ending(name, (*_ARCHIVES, _NOTEBOOK)) for name in files):
            return True
    return False


def _read(entry: _Entry, assignment: Assignment) -> Submission:
    """One submission; what the student is to blame for is its `problem`.

    Raises:
        OSError: this machine cannot read it.
    """
    student = _student(entry.path)
    collected = _Collected()
    try:
        if entry.in_class and entry.path.is_symlink():
            raise SubmissionError("a link was found instead of a folder or file; hand in the files themselves")
        if entry.loose:
            for file in entry.loose:
                _collect_file(collected, file, file.name)
        elif entry.path.is_dir():
            _collect_folder(collected, entry.path)
        elif _ending(entry.path.name, (_NOTEBOOK,)):
            _collect_file(collected, entry.path, entry.path.name)
        else:
            if entry.path.stat().st_size > MAX_TOTAL_BYTES:
                raise SubmissionError(f"it holds more than {MAX_TOTAL_BYTES >> 20} MiB; hand in your own files only")
            collected = _open_archive(entry.path.read_bytes())
        return _assemble(student, _open_nested(collected, assignment), assignment)
    except SubmissionError as problem:
        return Submission(student, problem=str(problem))


class _Collected:
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
        if path.endswith(".pyc") or any(map(_is_clutter, path.split("/"))):
            path = ""
        self._entries += path != ""
        self._left_out += path == ""
        if self._entries > MAX_ENTRIES or self._left_out > MAX_LEFT_OUT:
            raise SubmissionError(f"it holds more than {MAX_ENTRIES:,} files; hand in your own files only")
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
            if len(content) > MAX_FILE_BYTES:
                raise SubmissionError(f"{plain_text(path)} is larger than {MAX_FILE_BYTES >> 20} MiB; leave it out")
            if self._total > MAX_TOTAL_BYTES:
                raise SubmissionError(f"it holds more than {MAX_TOTAL_BYTES >> 20} MiB; hand in your own files only")
            if self._archive_bytes is not None:
                _check_ratio(self._total, self._archive_bytes)
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


def _collect_folder(collected: _Collected, folder: Path) -> None:
    links = 0
    for place, folders, files in os.walk(folder, onerror=_raise):
        inside = Path(place)
        folders[:] = sorted(name for name in folders if not _is_clutter(name))
        for path in [inside / name for name in sorted(files)] + [inside / name for name in folders]:
            if path.is_symlink():
                links += not _is_clutter(path.name)
            elif not path.is_dir() and (name := collected.accept(path.relative_to(folder).as_posix())):
                _collect_file(collected, path, name)
    if links:
        collected.notes.append(
            "1 symbolic link was left out" if links == 1 else f"{links} symbolic links were left out"
        )


def _raise(problem: OSError) -> None:
    raise problem


def _collect_file(collected: _Collected, path: Path, name: str) -> None:
    """Read a regular file; a pipe or device would hang or never end."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SubmissionError(f"{plain_text(name)} is not a regular file; leave it out")
        collected.add(plain_path(name), stream)


def _open_archive(content: bytes) -> _Collected:
    """What an archive holds; its kind is told by its content, not by its name.

    Raises:
        SubmissionError: it is refused; one line says why.
    """
    if not content:
        raise SubmissionError("the archive is an empty file; make it again and hand it in again")
    collected = _Collected(len(content))
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


def _collect_zip(collected: _Collected, content: bytes) -> None:
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
        if size is not None and size > MAX_CENTRAL_BYTES:
            raise SubmissionError(f"it holds more than {MAX_ENTRIES:,} files; hand in your own files only")
        return super().read(size)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """A zip entry's name; archivers that write UTF-8 without saying so are common."""
    name = info.orig_filename  # `filename` ends at a NUL character
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name


def _collect_tar(collected: _Collected, content: bytes) -> None:
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
            _check_ratio(len(unpacked), len(content))
            if len(unpacked) > 2 * MAX_TOTAL_BYTES:
                raise SubmissionError(f"it holds more than {MAX_TOTAL_BYTES >> 20} MiB; hand in your own files only")
    return bytes(unpacked)


def _check_kind(name: str, *, link: bool, regular: bool) -> None:
    if link:
        raise SubmissionError(f"{plain_text(name)} is a link; hand in the file itself")
    if not regular:
        raise SubmissionError(f"{plain_text(name)} is a device or pipe, not a file; leave it out")


def _check_ratio(unpacked_bytes: int, archive_bytes: int) -> None:
    if unpacked_bytes > RATIO_FREE_BYTES and unpacked_bytes > MAX_RATIO * archive_bytes:
        raise SubmissionError(f"the archive unpacks to more than {MAX_RATIO} times its size; make an ordinary .zip")


def _open_nested(collected: _Collected, assignment: Assignment) -> _Collected:
    """The archive in the archive or folder, if that is all there is to grade; one level deep."""
    archives = [path for path in collected.files if _ending(path, _ARCHIVES)]
    if len(archives) != 1 or _roots(collected.files, assignment):
        return collected
    try:
        nested = _open_archive(collected.files[archives[0]])
    except SubmissionError as problem:
        raise SubmissionError(f"{plain_text(archives[0])}, inside: {problem}") from None
    nested.notes = [*collected.notes, f"opened {plain_text(archives[0])}, which was inside"]
    return nested


def _assemble(student: str, collected: _Collected, assignment: Assignment) -> Submission:
    """The files below the submission's root, and the cells of its notebook.

    Raises:
        SubmissionError: there is nothing to grade.
    """
    roots = _roots(collected.files, assignment)
    if not roots:
        names = sorted(collected.files)
        found = ", ".join(map(plain_text, names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        raise SubmissionError(
            f"none of the lab's files is in it: looked for {', '.join(assignment.files)} or a notebook; "
            f"found {found or 'nothing'}"
        )
    root = roots[0]
    notes = list(collected.notes)
    if root:
        notes.append(f"found your files in {plain_text(root)}")
    notes += [
        f"the lab's files are in {plain_text(other) or 'the top folder'}, too; those were not used"
        for other in roots[1:4]
    ]
    inside = {path.removeprefix(root): content for path, content in collected.files.items() if path.startswith(root)}
    files = {path: content for path, content in inside.items() if not _ending(path, (_NOTEBOOK,))}
    notebooks = {path: content for path, content in inside.items() if "/" not in path and _ending(path, (_NOTEBOOK,))}
    cells: tuple[Cell, ...] = ()
    if notebooks:
        cells = _use_notebook(notebooks, files, notes, assignment)
    return Submission(student, files, cells, tuple(notes))


def _roots(files: Iterable[str], assignment: Assignment) -> list[str]:
    """Folders ("" or ending in a slash) that hold the lab's files or a notebook; the one to grade first.

    That is the shallowest; of several, the one with most of the lab's files, then the one named like the lab.
    """
    held: dict[str, int] = {}
    for path in files:
        if _ending(path, (_NOTEBOOK,)):
            held.setdefault(path[: path.rfind("/") + 1], 0)
        for file in assignment.files:
            if path == file or path.endswith("/" + file):
                root = path.removesuffix(file)
                held[root] = held.get(root, 0) + 1
    lab = _lab_name(assignment)
    return sorted(held, key=lambda root: (root.count("/"), -held[root], lab not in _plain_word(root), root))


def _use_notebook(
    notebooks: dict[str, bytes], files: dict[str, bytes], notes: list[str], assignment: Assignment
) -> tuple[Cell, ...]:
    """The cells of the notebook to grade; adds the files that it writes to `files`.

    Raises:
        SubmissionError: it cannot be read or holds no code, and there is none of the lab's files beside it.
    """
    name = _pick_notebook(notebooks, assignment)
    if len(notebooks) > 1:
        notes.append(f"of {len(notebooks)} notebooks, {plain_text(name)} was used")
    covered = [file for file in assignment.files if file in files]
    try:
        notebook = read_notebook(notebooks[name])
        if not notebook.cells and not notebook.files:
            raise SubmissionError("the notebook holds no code")
    except SubmissionError as problem:
        if not covered:
            raise SubmissionError(f"{plain_text(name)}: {problem}") from None
        notes.append(f"{plain_text(name)} was not used: {problem}")
        return ()
    notes += [f"{plain_text(name)}: {note}" for note in notebook.notes]
    for file in covered:
        if _is_untouched_stub(file, files[file], notebook, assignment):
            del files[file]
            notes.append(f"{file} is as you received it, and the notebook has its functions: the notebook was used")
    for path, content in notebook.files.items():
        if path in files:
            notes.append(f"{plain_text(path)} was used as handed in, not as the notebook writes it")
        else:
            files[path] = content
    covered = [file for file in assignment.files if file in files]
    if covered and notebook.cells and len(covered) < len(assignment.files):
        notes.append(f"{', '.join(covered)} used as files, {plain_text(name)} for the other questions")
    elif covered and notebook.cells:
        notes.append(f"{plain_text(name)} was not needed: all of the lab's files are there")
    return notebook.cells


def _pick_notebook(notebooks: dict[str, bytes], assignment: Assignment) -> str:
    """The notebook named for the lab, or with its number; otherwise the largest."""
    number = re.search(r"\d+", assignment.id)
    pattern = re.compile(rf"(?<!\d){number[0]}(?!\d)" if number else r"(?!)")

    def rank(name: str) -> tuple[bool, bool, int, str]:
        named = _plain_word(assignment.id) in _plain_word(name) or _lab_name(assignment) in _plain_word(name)
        return (not named, pattern.search(name) is None, -len(notebooks[name]), name)

    return min(notebooks, key=rank)


def _is_untouched_stub(file: str, content: bytes, notebook: NotebookContent, assignment: Assignment) -> bool:
    """Whether a file is the template's, and the notebook defines something that the file should."""
    template = assignment.template / file
    if not template.is_file() or content.split() != (stub := template.read_bytes()).split():
        return False
    names = [node.name for node in ast.parse(stub).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    defines = re.compile(
        rf"^(?:async )?(?:def|class) (?:{'|'.join(map(re.escape, names))})\b" if names else "(?!)", re.M
    )
    return any(defines.search(cell.source) for cell in notebook.cells)


def _student(path: Path) -> str:
    """A student's name from that of a folder or file."""
    name = (
        path.name
        if path.is_dir()
        else path.name.removesuffix(_ending(path.name, (*_ARCHIVES, *_UNREADABLE, _NOTEBOOK)))
    )
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that are not UTF-8, as older Windows archives leave them
        name = os.fsencode(name).decode("cp1252", "replace")
    name = unicodedata.normalize("NFC", name)
    return "".join(character if character.isprintable() else "_" for character in name).strip() or "unnamed"


def _ending(name: str, endings: Sequence[str]) -> str:
    """The ending of `name` that is one of `endings` whatever its case; empty if none is."""
    found = [ending for ending in endings if name.casefold().endswith(ending)]
    return name[-len(max(found, key=len)) :] if found else ""


def _is_clutter(name: str) -> bool:
    return name.startswith(".") or name in _CLUTTER


def _lab_name(assignment: Assignment) -> str:
    """The first word of the assignment's id, e.g. `lab1`."""
    return _plain_word(re.split(r"[_\-. ]", assignment.id)[0])


def _plain_word(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())

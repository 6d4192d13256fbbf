"""A platform's download, zip or folder, as one entry for each hand-in. Names are read, and Gradescope's metadata."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import yaml

from autograder.archive import Entry, Person
from autograder.archive.names import ARCHIVES, NOTEBOOK, ending, is_clutter, lab_name, plain_word
from autograder.errors import SubmissionError
from autograder.intake.platforms import GRADESCOPE_METADATA, Named, recognise, without_number
from autograder.model import Assignment
from autograder.notebook import plain_text

MAX_METADATA_BYTES = 64 << 20


def bulk_entries(path: Path, assignment: Assignment, zone: tzinfo | None, *, alone: bool = True) -> list[Entry] | None:
    """The hand-ins in a platform's download; None if it is none.

    A zip with one folder for each of three students or more counts as one, too, if it stands alone: of several zips,
    each is a student's.

    Args:
        path: what the person who grades has named.
        assignment: what it is for.
        zone: of times that have none; they are left out if None.
        alone: whether it is the only path.

    Raises:
        SubmissionError: it is a download, but cannot be read.
    """
    is_zip = path.is_file() and ending(path.name, (".zip",)) != ""
    if not is_zip and not path.is_dir():
        return None
    try:
        names = _zip_names(path) if is_zip else _folder_names(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None  # whoever reads it as a submission says what is wrong
    top = _top(names)
    inside = {name.removeprefix(top): name for name in names if not _is_clutter(name)}
    recognised = recognise(sorted(inside))
    if recognised is None:
        return _class_zip(path, inside, assignment) if is_zip and alone else None
    platform, told = recognised
    metadata: dict[str, Any] = {}
    if platform == "gradescope":
        metadata = _metadata(path, inside[GRADESCOPE_METADATA], is_zip=is_zip)
    by_hand_in: dict[str, list[tuple[str, Named]]] = {}
    for name, named in told.items():
        by_hand_in.setdefault(named.hand_in, []).append((inside[name], named))
    return [_entry(path, platform, files, assignment, zone, metadata) for files in by_hand_in.values()]


def _entry(
    path: Path,
    platform: str,
    files: Sequence[tuple[str, Named]],
    assignment: Assignment,
    zone: tzinfo | None,
    metadata: dict[str, Any],
) -> Entry:
    first = files[0][1]
    known = [*assignment.files, *(f"{assignment.id}{kind}" for kind in (*ARCHIVES, NOTEBOOK))]
    parts = tuple((member, without_number(named.file, known)) for member, named in files if named.file)
    moment = first.moment.replace(tzinfo=zone) if first.moment is not None and zone is not None else None
    notes = ("Canvas says that this was handed in late; it does not say when.",) if first.late else ()
    entry = Entry(
        student=plain_text(first.student),
        path=path,
        in_class=True,
        parts=_first_of_each(parts),
        source=platform,
        identities=first.identities,
        submitted_at=moment,
        attempt=first.attempt,
        notes=notes,
    )
    if platform != "gradescope":
        return entry
    return _with_metadata(entry, metadata.get(f"submission_{first.hand_in}"))


def _first_of_each(parts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """A renumbered file stands for itself where the plain name is taken: nothing is lost."""
    taken: dict[str, str] = {}
    for member, name in sorted(parts):
        taken[name if name not in taken else PurePosixPath(member).name] = member
    return tuple((member, name) for name, member in taken.items())


def _with_metadata(entry: Entry, about: Any) -> Entry:
    """Whose a Gradescope submission is, and when it was handed in; the first submitter stands for the group."""
    if not isinstance(about, dict):
        return entry
    people = []
    for submitter in about.get(":submitters") or ():
        if isinstance(submitter, dict):
            found = {key: str(submitter.get(f":{key}") or "").strip() for key in ("name", "sid", "email")}
            ids = (("gradescope", found["sid"]), ("email", found["email"]))
            name = found["name"] or found["email"] or found["sid"]
            people.append(Person(plain_text(name), tuple((scheme, value) for scheme, value in ids if value)))
    submitted_at = _ruby_time(str(about.get(":created_at") or ""))
    if not people:
        return msgspec.structs.replace(entry, submitted_at=submitted_at)
    return msgspec.structs.replace(
        entry,
        student=people[0].student,
        identities=people[0].identities,
        group=tuple(people[1:]),
        submitted_at=submitted_at,
        attempt=str(about.get(":created_at") or ""),
    )


def _ruby_time(text: str) -> datetime | None:
    """A time like "2026-10-01 23:12:11.540516000 Z" or "... -07:00"; None if it has no zone."""
    try:
        found = datetime.fromisoformat(re.sub(r" (Z|UTC|[+-]\d\d:\d\d)$", r"\1", text.strip()).replace("UTC", "Z"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _class_zip(path: Path, inside: dict[str, str], assignment: Assignment) -> list[Entry] | None:
    """A zip of several folders or archives, each a student's, with none of the lab's files above them."""
    by_folder: dict[str, list[tuple[str, str]]] = {}
    for name, member in inside.items():
        folder, slash, rest = name.partition("/")
        kind = ending(folder, (*ARCHIVES, NOTEBOOK))
        if not slash and kind:
            by_folder.setdefault(folder.removesuffix(kind), []).append((member, folder))
        elif not slash:
            return None
        else:
            by_folder.setdefault(folder, []).append((member, rest))
    works = [folder for folder, parts in by_folder.items() if any(_is_work(rest, assignment) for _, rest in parts)]
    if len(works) < 3 or any(plain_word(folder).startswith(lab_name(assignment)) for folder in works):
        return None
    return [
        Entry(student=plain_text(folder), path=path, in_class=True, parts=tuple(parts))
        for folder, parts in by_folder.items()
    ]


def _is_work(rest: str, assignment: Assignment) -> bool:
    """Whether a student's folder holds the lab's files: then the folder is a student's, not a package of one."""
    return rest in assignment.files or bool(ending(rest, (*ARCHIVES, NOTEBOOK)) and "/" not in rest)


def _zip_names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [info.filename for info in archive.infolist() if not info.is_dir()]


def _folder_names(path: Path) -> list[str]:
    names = []
    for place, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not is_clutter(name)]
        names += [(Path(place) / name).relative_to(path).as_posix() for name in files]
    return names


def _is_clutter(name: str) -> bool:
    return any(is_clutter(part) for part in name.split("/") if part != "..")  # a name that leads out is told of


def _top(names: Sequence[str]) -> str:
    """The folder in which everything lies, with its slash, if that is not itself a hand-in's."""
    tops = {name.partition("/")[0] for name in names if not _is_clutter(name)}
    if len(tops) != 1 or not all("/" in name for name in names if not _is_clutter(name)):
        return ""
    only = tops.pop()
    return "" if re.search(r"_assignsubmission_|_attempt_\d{4}-|^submission_\d+$", only) else f"{only}/"


def _metadata(path: Path, name: str, *, is_zip: bool) -> dict[str, Any]:
    """Gradescope's metadata, every value as text: an id like 0333 stays what it is.

    Raises:
        SubmissionError: it cannot be read.
    """
    where = f"{path}: {GRADESCOPE_METADATA}"
    try:
        content = _read_zip(path, name) if is_zip else (path / name).read_bytes()[:MAX_METADATA_BYTES]
        loader: Callable[[Any], Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        loaded = yaml.load(content, loader)  # type: ignore[arg-type]  # noqa: S506 - the base loader makes text, lists, dicts
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, OSError, zipfile.BadZipFile):
        raise SubmissionError(f"{where} cannot be read; download the submissions again") from None
    if not isinstance(loaded, dict):
        raise SubmissionError(f"{where} holds no submissions; download them again")
    return loaded


def _read_zip(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive, archive.open(name) as stream:
        return stream.read(MAX_METADATA_BYTES)

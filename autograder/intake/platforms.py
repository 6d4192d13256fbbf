"""How learning platforms name what students handed in; names alone, no files are opened.

Canvas and Moodle name files in their source (`submissions_controller`, `mod_assign`); Blackboard's and Gradescope's
names are those of their downloads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

_CANVAS = re.compile(r"(?P<name>[^/]+?)(?P<late>_LATE)?_(?P<uid>\d+)_(?P<att>\d+)_(?P<file>.+)", re.DOTALL)
_CANVAS_ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<name>anon_(?P<uid>[A-Za-z0-9]+))_(?P<att>\d+)_(?P<file>.+)")
_MOODLE = re.compile(
    r"(?P<name>[^/]*)_(?P<uid>\d+)_assignsubmission_(?P<plugin>file|onlinetext)_?(?:/|_)(?P<file>.+)", re.DOTALL
)
_BLACKBOARD = re.compile(
    r"(?P<title>.+)_(?P<user>[^_/]+)_attempt_(?P<ts>\d{4}(?:-\d\d){5})(?:_(?P<file>.+?))?(?P<meta>\.txt)?", re.DOTALL
)
_GRADESCOPE = re.compile(r"submission_(?P<number>\d+)/(?P<file>.+)", re.DOTALL)
GRADESCOPE_METADATA = "submission_metadata.yml"


class Named(msgspec.Struct, frozen=True):
    """What the name of one file in a download tells."""

    hand_in: str  # the same for all files of one submission
    student: str  # as the platform writes it in file names
    identities: tuple[tuple[str, str], ...]  # (scheme, value)
    file: str  # as the student named it; empty for what the platform added
    attempt: str = ""  # sorts attempts of one student
    moment: datetime | None = None  # without a zone: the platform's clock
    late: bool = False  # the platform says so


def canvas(name: str) -> Named | None:
    """`doejane_LATE_1234_56789_losses.py`; each file has a number of its own."""
    found = _CANVAS_ANONYMOUS.fullmatch(name) or _CANVAS.fullmatch(name)
    if found is None:
        return None
    who = found["name"]
    return Named(f"{who} {found['uid']}", who, (("canvas", found["uid"]),), found["file"], late=bool(found["late"]))


def moodle(name: str) -> Named | None:
    """`Jane Doe_1234_assignsubmission_file_/losses.py`; a group's name may stand before the student's."""
    found = _MOODLE.fullmatch(name)
    if found is None:
        return None
    file = found["file"] if found["plugin"] == "file" else ""
    return Named(f"{found['name']} {found['uid']}", found["name"].strip(), (("moodle", found["uid"]),), file)


def blackboard(name: str) -> Named | None:
    """`Lab 1_jdoe_attempt_2026-10-01-23-59-30_losses.py`, and one `.txt` without a file's name for each attempt."""
    found = _BLACKBOARD.fullmatch(name)
    if found is None:
        return None
    try:
        moment = datetime.strptime(found["ts"], "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
    user = found["user"]
    is_receipt = found["file"] is None
    file = "" if is_receipt else found["file"] + (found["meta"] or "")
    return Named(f"{user} {found['ts']}", user, (("blackboard", user),), file, found["ts"], moment)


def gradescope(name: str) -> Named | None:
    """`submission_123456/losses.py`; whose it is stands in the metadata."""
    found = _GRADESCOPE.fullmatch(name)
    if found is None:
        return None
    return Named(found["number"], f"submission_{found['number']}", (), found["file"])


_PLATFORMS: tuple[tuple[str, Callable[[str], Named | None]], ...] = (
    ("blackboard", blackboard),
    ("moodle", moodle),
    ("canvas", canvas),
)


def recognise(names: Sequence[str]) -> tuple[str, dict[str, Named]] | None:
    """The platform whose download holds files of these names, and what each name tells; None if it is none's.

    All names must be of one platform's making, but for single files that Moodle and Gradescope put beside.

    Args:
        names: paths with forward slashes, below the download's top folder, without what systems add.
    """
    if GRADESCOPE_METADATA in names:
        found = {name: told for name in names if (told := gradescope(name)) is not None}
        return ("gradescope", found) if found else None
    for platform, parse in _PLATFORMS:
        parsed = {name: parse(name) for name in names}
        found = {name: told for name, told in parsed.items() if told is not None}
        if found and len(found) == len(names):
            return platform, found
    return None


def without_number(file: str, known: Sequence[str]) -> str:
    """`losses-1.py` as `losses.py`, if that is one of the `known` files: Canvas numbers what is handed in again."""
    bare = re.sub(r"-\d+(?=\.[A-Za-z0-9.]+$)", "", file)
    return bare if bare != file and file not in known and bare in known else file


def without_prefix(names: Sequence[str], *, slugs: Sequence[str], is_repository: bool) -> dict[str, str]:
    """Folder names less what all have in front: `lab1-jane` and `lab1-ali` are jane's and ali's repositories.

    Args:
        names: of the folders of a class.
        slugs: what the lab may be called there.
        is_repository: whether the folders are clones, so that any common beginning counts.
    """
    if len(names) < 2:
        return {}
    beginning = names[0]
    for name in names:
        while not name.startswith(beginning):
            beginning = beginning[:-1]
    beginning = beginning[: beginning.rfind("-") + 1]
    is_lab = beginning.rstrip("-").casefold() in {slug.casefold() for slug in slugs}
    if not beginning or not (is_lab or is_repository) or any(name == beginning for name in names):
        return {}
    return {name: name.removeprefix(beginning) for name in names}

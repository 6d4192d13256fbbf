"""Students' pages in a zip whose names the platforms know: they hand each page to its student.

- Moodle (`mod/assign/feedback/file/importziplib.php`): names are split at underscores, and the second part must be the
  participant's number: `Jane Doe_1234_assignsubmission_file_/feedback.html`.
- Canvas (`submissions_upload`): a file goes to the student and to the attachment whose numbers its name holds:
  `doejane_1234_56789_feedback.html`. Only the download knows the second number.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from autograder.errors import AutograderError
from autograder.intake.platforms import recognise
from autograder.report.html import page_name
from autograder.standing import Standing

PAGE = "feedback.html"


class Pages(msgspec.Struct):
    """A zip of pages, and whose are missing."""

    content: bytes
    written: int = 0
    unknown: list[str] = []  # students whom the platform's download does not name


def feedback_zip(
    found: Sequence[Standing],
    page: Callable[[Standing], str],
    identities: Mapping[tuple[str, str], str],
    download: Path | None,
) -> Pages:
    """Each student's page under the name that the platform expects.

    Args:
        found: the grades.
        page: a student's page, as HTML.
        identities: students' names by what platforms call them.
        download: the zip of submissions that the platform gave; without it, Moodle's numbers in the gradebook, or
            else plain folders.

    Raises:
        AutograderError: the download cannot be read or is none of Canvas's or Moodle's.
    """
    names = _from_download(download, identities) if download is not None else _from_gradebook(found, identities)
    pages = Pages(b"")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in found:
            name = names.get(entry.grade.student)
            if name is None:
                pages.unknown.append(entry.grade.student)
                continue
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), page(entry), zipfile.ZIP_DEFLATED)
            pages.written += 1
    pages.content = buffer.getvalue()
    return pages


def _from_gradebook(found: Sequence[Standing], identities: Mapping[tuple[str, str], str]) -> dict[str, str]:
    moodle = {student: value for (scheme, value), student in identities.items() if scheme == "moodle"}
    if moodle:
        return {student: _moodle_name(student, number) for student, number in moodle.items()}
    return {entry.grade.student: f"{page_name(entry.grade.student).removesuffix('.html')}/{PAGE}" for entry in found}


def _moodle_name(student: str, number: str) -> str:
    plain = re.sub(r"[_/\\\x00-\x1f]+", " ", student).strip() or "student"
    return f"{plain}_{number}_assignsubmission_file_/{PAGE}"


def _from_download(download: Path, identities: Mapping[tuple[str, str], str]) -> dict[str, str]:
    try:
        with zipfile.ZipFile(download) as archive:
            listed = [info.filename for info in archive.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile, ValueError):
        raise AutograderError(f"{download}: is not a zip of submissions") from None
    recognised = recognise(sorted(name for name in listed if "__MACOSX" not in name))
    if recognised is None or recognised[0] not in ("canvas", "moodle"):
        raise AutograderError(f"{download}: is not a zip of Canvas's or Moodle's; other platforms take none back")
    platform, told = recognised
    names: dict[str, str] = {}
    for name, named in sorted(told.items()):
        student = next((identities[key] for key in named.identities if key in identities), None)
        if student is None or student in names:
            continue
        if platform == "moodle":
            names[student] = _moodle_name(named.student, named.identities[0][1])
        else:
            names[student] = f"{name[: len(name) - len(named.file)]}{PAGE}"
    return names

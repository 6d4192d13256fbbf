"""The course's files on their way to a machine that does not have them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import yaml

from autograder.course import COURSE_FILE, load_assignment, load_course, visible_files
from autograder.digests import files_digest
from autograder.errors import AutograderError

FOLDER = "assignments"  # of the course.yaml, in what is carried

encode_files = msgspec.msgpack.Encoder().encode
decode_files = msgspec.msgpack.Decoder(dict[str, bytes]).decode


def carried(folder: Path, lab: str) -> dict[str, bytes]:
    """What a suite process reads of a course for one assignment, by paths below a folder of its own.

    That is the assignment's folder, its solutions, and of its template the questions' files.

    Raises:
        CourseError: `folder` holds no such course.
    """
    course = load_course(folder)
    assignment = load_assignment(course, lab)
    about = yaml.safe_dump({"title": course.title, "assignments": [assignment.id]}, allow_unicode=True)
    files = {f"{FOLDER}/{COURSE_FILE}": about.encode()}
    for source, name in ((assignment.folder, FOLDER), (assignment.solutions, "solutions")):
        for path in visible_files(source):
            files[f"{name}/{assignment.id}/{path.relative_to(source).as_posix()}"] = path.read_bytes()
    for file in assignment.files:
        if (assignment.template / file).is_file():
            files[f"student_template/{assignment.id}/{file}"] = (assignment.template / file).read_bytes()
    return files


def digest_there(folder: Path, lab: str) -> str:
    """The digest of a course in a folder of this machine; empty if there is none."""
    try:
        return files_digest(carried(folder, lab))
    except (OSError, AutograderError):
        return ""


def unpack(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into a folder."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

"""Course files: `course.yaml` and `assignment.yaml` become the engine's frozen values.

Whatever is wrong in them is one `CourseError` of one line that names the file, the key and the remedy:
`assignments/lab1_nn_basics/assignment.yaml: questions[3].point: unknown key. Did you mean "points"?`
"""

from __future__ import annotations

import difflib
import hashlib
import keyword
import math
import re
from collections.abc import Hashable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import msgspec
import yaml

from autograder.errors import CourseError
from autograder.model import Assignment, FeedbackPolicy, Limits, Question

COURSE_FILE = "course.yaml"
ASSIGNMENT_FILE = "assignment.yaml"

_UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?(B|KiB|MiB|GiB)")
_SIZE_KEYS = ("memory", "file", "output", "answer")  # in the files; `..._bytes` in the model
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "keys with values",
    "null": "nothing",
}

Parsed = TypeVar("Parsed", bound=msgspec.Struct)


class Course(msgspec.Struct, frozen=True):
    """One course; `folder` holds course.yaml and a folder for each assignment."""

    title: str
    folder: Path
    assignments: tuple[str, ...]  # ids, in the order of the file
    solutions: Path  # holds a folder of reference solutions for each assignment
    template: Path  # holds a generated folder for each assignment


class _CourseFile(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    assignments: list[str]
    solutions: str = "../solutions"
    template: str = "../student_template"


class _LimitsFile(msgspec.Struct, forbid_unknown_fields=True):
    seconds: float | None = None
    import_seconds: float | None = None
    memory: int | str | None = None
    processes: int | None = None
    file: int | str | None = None
    open_files: int | None = None
    output: int | str | None = None
    answer: int | str | None = None


class _QuestionFile(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    title: str
    file: str
    points: float
    bonus: bool = False
    limits: _LimitsFile = msgspec.field(default_factory=_LimitsFile)


class _FeedbackFile(FeedbackPolicy, frozen=True, forbid_unknown_fields=True):
    pass


class _AssignmentFile(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    questions: list[_QuestionFile]
    due: str | None = None
    seed: int = 0
    preload: tuple[str, ...] = ("numpy",)
    forbidden_imports: tuple[str, ...] = ()
    feedback: _FeedbackFile = _FeedbackFile()
    limits: _LimitsFile = msgspec.field(default_factory=_LimitsFile)


_KEYS: dict[str, tuple[str, ...]] = {
    "feedback": FeedbackPolicy.__struct_fields__,
    "limits": _LimitsFile.__struct_fields__,
    "questions[]": _QuestionFile.__struct_fields__,
    "questions[].limits": _LimitsFile.__struct_fields__,
}


def find_course(start: Path) -> Path:
    """The folder of the course.yaml that is nearest to `start`, looking upwards.

    In each folder on the way, `assignments/course.yaml` and `course.yaml` are looked for.

    Raises:
        CourseError: there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        for candidate in (folder / "assignments", folder):
            if (candidate / COURSE_FILE).is_file():
                return candidate
    raise CourseError(
        f"{start}: no course.yaml here or in assignments/, nor in any folder above. Go into the course's folder, "
        "or name it with --course."
    )


def load_course(folder: Path) -> Course:
    """Read `folder/course.yaml`, or `folder/assignments/course.yaml`.

    Raises:
        CourseError: one line on what is wrong.
    """
    folder = folder.resolve()
    if not (folder / COURSE_FILE).is_file() and (folder / "assignments" / COURSE_FILE).is_file():
        folder = folder / "assignments"
    where = f"{folder.name}/{COURSE_FILE}"
    raw = _parse(folder / COURSE_FILE, where, _CourseFile)
    if not raw.title.strip():
        raise CourseError(f"{where}: title: is empty")
    for index, identifier in enumerate(raw.assignments):
        _check_id(identifier, f"{where}: assignments[{index}]")
        if identifier in raw.assignments[:index]:
            raise CourseError(f'{where}: assignments[{index}]: "{identifier}" is there twice')
    return Course(
        title=raw.title,
        folder=folder,
        assignments=tuple(raw.assignments),
        solutions=(folder / raw.solutions).resolve(),
        template=(folder / raw.template).resolve(),
    )


def load_assignment(course: Course, name: str) -> Assignment:
    """Read one assignment's file; `name` is its id, or a beginning of it that no other assignment shares.

    Raises:
        CourseError: there is no such assignment, or one line on what is wrong in its file.
    """
    identifier = _resolve(course, name)
    folder = course.folder / identifier
    where = f"{course.folder.name}/{identifier}/{ASSIGNMENT_FILE}"
    raw = _parse(folder / ASSIGNMENT_FILE, where, _AssignmentFile)
    if not raw.title.strip():
        raise CourseError(f"{where}: title: is empty")
    if raw.seed < 0:
        raise CourseError(f"{where}: seed: {raw.seed} is negative; seeds of random generators start at 0")
    return Assignment(
        id=identifier,
        title=raw.title,
        folder=folder,
        solutions=course.solutions / identifier,
        template=course.template / identifier,
        questions=_questions(raw, where),
        due=None if raw.due is None else _due(raw.due, f"{where}: due"),
        feedback=FeedbackPolicy(raw.feedback.before_due, raw.feedback.after_due),
        seed=raw.seed,
        preload=raw.preload,
        forbidden_imports=raw.forbidden_imports,
    )


def suite_digest(assignment: Assignment) -> str:
    """SHA-256, in hexadecimal, over everything trusted that can change a grade.

    That is assignment.yaml, probes.py, tests/ and data/: relative paths and contents, without hidden files and
    `__pycache__`.
    """
    digest = hashlib.sha256()
    for path in _trusted_files(assignment.folder):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(assignment.folder).as_posix()}\0{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _trusted_files(folder: Path) -> Iterator[Path]:
    for name in (ASSIGNMENT_FILE, "probes.py"):
        if (folder / name).is_file():
            yield folder / name
    for name in ("data", "tests"):
        for path in sorted((folder / name).rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
            parts = path.relative_to(folder).parts
            if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in parts):
                yield path


def _resolve(course: Course, name: str) -> str:
    """The id that `name` is, or begins; `lab1` is rather `lab1_basics` than `lab10_extras`."""
    if name in course.assignments:
        return name
    found = [identifier for identifier in course.assignments if name and identifier.startswith(name)]
    whole_words = [identifier for identifier in found if not identifier[len(name)].isalnum()]
    for candidates in (whole_words, found):
        if len(candidates) == 1:
            return candidates[0]
    if found:
        raise CourseError(f'"{name}" is the beginning of {", ".join(found)}; type more of the name')
    known = ", ".join(course.assignments) or "none"
    raise CourseError(f'no assignment "{name}" in this course{_did_you_mean(name, course.assignments)} It has: {known}')


def _questions(raw: _AssignmentFile, where: str) -> tuple[Question, ...]:
    if not raw.questions:
        raise CourseError(f"{where}: questions: is empty; an assignment needs at least one question")
    limits = _limits(raw.limits, Limits(), f"{where}: limits")
    questions: dict[str, Question] = {}
    for index, entry in enumerate(raw.questions):
        here = f"{where}: questions[{index}]"
        _check_id(entry.id, f"{here}.id")
        if entry.id in questions:
            raise CourseError(f'{here}.id: "{entry.id}" is the id of an earlier question, too')
        if not entry.title.strip():
            raise CourseError(f"{here}.title: is empty")
        if not (math.isfinite(entry.points) and entry.points >= 0):
            raise CourseError(f"{here}.points: {entry.points:g} is not a number of points, 0 or more")
        _check_file(entry.file, f"{here}.file")
        questions[entry.id] = Question(
            id=entry.id,
            title=entry.title,
            points=entry.points,
            file=entry.file,
            limits=_limits(entry.limits, limits, f"{here}.limits"),
            bonus=entry.bonus,
        )
    return tuple(questions.values())


def _limits(raw: _LimitsFile, base: Limits, where: str) -> Limits:
    """`base` with what `raw` sets."""
    changed: dict[str, float] = {}
    for key, value in msgspec.structs.asdict(raw).items():
        if value is None:
            continue
        number = _size(value, f"{where}.{key}") if key in _SIZE_KEYS else value
        if not (math.isfinite(number) and number > 0):
            raise CourseError(f"{where}.{key}: {value} is not above 0")
        changed[f"{key}_bytes" if key in _SIZE_KEYS else key] = number
    return msgspec.structs.replace(base, **changed)


def _size(value: int | str, where: str) -> int:
    """A size in bytes: a whole number, or one with its unit."""
    if isinstance(value, int):
        return value
    match = _SIZE.fullmatch(value)
    if match is None:
        raise CourseError(f'{where}: "{value}" is not a size; write "512 KiB", "16 MiB", "1 GiB" or a number of bytes')
    return int(float(match[1]) * _UNITS[match[2]])


def _due(text: str, where: str) -> datetime:
    try:
        due = datetime.fromisoformat(text)
    except ValueError:
        raise CourseError(f'{where}: "{text}" is not a time; write it like 2026-10-01T23:59:00+02:00') from None
    if due.tzinfo is None:
        raise CourseError(f'{where}: "{text}" has no time zone; write it like 2026-10-01T23:59:00+02:00')
    return due


def _check_id(identifier: str, where: str) -> None:
    if not _ID.fullmatch(identifier):
        raise CourseError(f'{where}: "{identifier}" is not an id; use letters, digits, ".", "-" and "_"')


def _check_file(file: str, where: str) -> None:
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or "\\" in file or path.as_posix() != file:
        raise CourseError(f'{where}: "{file}" must be a plain path inside the submission, like "losses.py"')
    if path.suffix != ".py":
        raise CourseError(f'{where}: "{file}" does not end in .py')
    for name in path.with_suffix("").parts:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise CourseError(f'{where}: "{file}" cannot be imported; name it with letters, digits and underscores')


class _Loader(yaml.SafeLoader):
    """Refuses duplicate keys, and leaves date-times as the text they are."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if (key.tag, key.value) in seen:
                    problem = f'the key "{key.value}" is there twice'
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                seen.add((key.tag, key.value))
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _parse(path: Path, where: str, kind: type[Parsed]) -> Parsed:
    try:
        content = yaml.load(path.read_bytes(), _Loader)  # noqa: S506 - a SafeLoader with fewer types
    except FileNotFoundError:
        raise CourseError(f"{where}: there is no such file in {path.parent}") from None
    except OSError as problem:
        raise CourseError(f"{where}: cannot be read: {problem.strerror}") from None
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = "" if mark is None else f"line {mark.line + 1}: "
        raise CourseError(f"{where}: {line}{problem.problem or 'not YAML'}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise CourseError(f"{where}: is not a text file in UTF-8") from None
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as problem:
        raise CourseError(f"{where}: {_explain(str(problem), content, kind)}") from None


def _explain(problem: str, content: Any, kind: type[msgspec.Struct]) -> str:
    """A validation error of msgspec's in the words of the file: `key: what is wrong. What to do`."""
    problem, _, place = problem.partition(" - at `")
    place = place.removeprefix("$").removeprefix(".").removesuffix("`")
    if match := re.fullmatch(r"Object contains unknown field `(.*)`", problem):
        known = _KEYS.get(re.sub(r"\[\d+\]", "[]", place), kind.__struct_fields__)
        return f"{_join(place, match[1])}: unknown key{_did_you_mean(match[1], known)}"
    if match := re.fullmatch(r"Object missing required field `(.*)`", problem):
        return f"{_join(place, match[1])}: is missing"
    value = _value_at(content, place)
    if match := re.fullmatch(r"Invalid enum value '(.*)'", problem):
        return f'{place}: "{match[1]}" is none of name, hint, full'
    if match := re.match(r"Expected `([^`]*)`(?:, got `([^`]*)`)?", problem):
        wanted = [part for part in match[1].split(" | ") if part != "null"]
        expected = " or ".join(_KINDS.get(part, part) for part in wanted)
        found = _KINDS.get(match[2], match[2]) if match[2] else "something else"
        message = f"expected {expected}, got {found}"
        if wanted == ["str"] and isinstance(value, int | float) and not isinstance(value, bool):
            message = f'{value} is a number here (1.10 and 1.1 are the same); put it in quotes: "{value}"'
        elif wanted == ["str"] and match[2] != "null":
            message += "; put it in quotes"
        return f"{place}: {message}" if place else message
    return f"{place}: {problem}" if place else problem


def _value_at(content: Any, place: str) -> Any:
    """What stands at a path like `questions[3].id`; None if that cannot be followed."""
    for key, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", place):
        try:
            content = content[int(index)] if index else content[key]
        except (KeyError, IndexError, TypeError):
            return None
    return content


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _did_you_mean(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, known, 1, 0.5)
    return f'. Did you mean "{close[0]}"?' if close else "."

"""Course files: `course.yaml` and `assignment.yaml` become the engine's frozen values.

Whatever is wrong in them is one `CourseError` of one line that names the file, the key and the remedy:
`assignments/lab1_nn_basics/assignment.yaml: questions[3].point: unknown key. Did you mean "points"?`
"""

from __future__ import annotations

import hashlib
import keyword
import math
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec

from autograder.errors import CourseError
from autograder.model import Assignment, FeedbackPolicy, Limits, Question
from autograder.policies import LateFile, late_policy, moment
from autograder.rules import AttemptPolicy
from autograder.speed_rules import SpeedCheck, mistake
from autograder.strict_yaml import did_you_mean, read_yaml

COURSE_FILE = "course.yaml"
ASSIGNMENT_FILE = "assignment.yaml"
ORIGINAL = ".autograder/original"  # in a student's folder: the files as they were received

_UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?(B|KiB|MiB|GiB)")
_SIZE_KEYS = ("memory", "file", "output", "answer")  # in the files; `..._bytes` in the model
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Course(msgspec.Struct, frozen=True):
    """One course; `folder` holds course.yaml and a folder for each assignment."""

    title: str
    folder: Path
    assignments: tuple[str, ...]  # ids, in the order of the file
    solutions: Path  # holds a folder of reference solutions for each assignment
    template: Path  # holds a generated folder for each assignment
    slip_days: int = 0  # days for which a student may be late without a penalty, over all assignments


class _CourseFile(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    assignments: list[str]
    solutions: str = "../solutions"
    template: str = "../student_template"
    slip_days: int = 0


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
    manual: bool = False
    hints: tuple[str, ...] = ()
    forbidden_operations: tuple[str, ...] = ()
    limits: _LimitsFile = msgspec.field(default_factory=_LimitsFile)
    speed: SpeedCheck | None = None


class _FeedbackFile(FeedbackPolicy, frozen=True, forbid_unknown_fields=True):
    pass


class _AssignmentFile(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    questions: list[_QuestionFile]
    id: str = ""  # in what students receive, whose folders may have any name
    due: str | None = None
    seed: int = 0
    preload: tuple[str, ...] = ("numpy",)
    forbidden_imports: tuple[str, ...] = ()
    feedback: _FeedbackFile = _FeedbackFile()
    limits: _LimitsFile = msgspec.field(default_factory=_LimitsFile)
    late: LateFile | None = None
    attempts: AttemptPolicy = AttemptPolicy.LATEST


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
    raw = read_yaml(folder / COURSE_FILE, where, _CourseFile)
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
        slip_days=_not_negative(raw.slip_days, f"{where}: slip_days"),
    )


def load_assignment(course: Course, name: str) -> Assignment:
    """Read one assignment's file; `name` is its id, or a beginning of it that no other assignment shares.

    Raises:
        CourseError: there is no such assignment, or one line on what is wrong in its file.
    """
    identifier = _resolve(course, name)
    folder = course.folder / identifier
    where = f"{course.folder.name}/{identifier}/{ASSIGNMENT_FILE}"
    return _assignment(folder, where, identifier, course.solutions / identifier, course.template / identifier)


def is_released(folder: Path) -> bool:
    """Whether a folder is what students received, rather than a course's own: its assignment.yaml has an id."""
    path = folder / ASSIGNMENT_FILE
    return path.is_file() and re.search(rb"^id:", path.read_bytes(), re.MULTILINE) is not None


def load_released(folder: Path) -> Assignment:
    """Read the assignment.yaml of what students received.

    Raises:
        CourseError: one line on what is wrong in it.
    """
    original = folder / ORIGINAL
    return _assignment(folder, f"{folder.name}/{ASSIGNMENT_FILE}", "", original, original)


def _assignment(folder: Path, where: str, identifier: str, solutions: Path, template: Path) -> Assignment:
    raw = read_yaml(folder / ASSIGNMENT_FILE, where, _AssignmentFile)
    if not raw.title.strip():
        raise CourseError(f"{where}: title: is empty")
    if raw.seed < 0:
        raise CourseError(f"{where}: seed: {raw.seed} is negative; seeds of random generators start at 0")
    if raw.late is not None and raw.due is None:
        raise CourseError(f"{where}: late: there is no due time to be late for; give due")
    if identifier and raw.id:
        raise CourseError(f"{where}: id: the folder's name is the id; remove this line")
    _check_id(identifier or raw.id, f"{where}: id")
    return Assignment(
        id=identifier or raw.id,
        title=raw.title,
        folder=folder,
        solutions=solutions,
        template=template,
        questions=_questions(raw, where),
        due=None if raw.due is None else moment(raw.due, f"{where}: due"),
        feedback=FeedbackPolicy(raw.feedback.before_due, raw.feedback.after_due),
        seed=raw.seed,
        preload=raw.preload,
        forbidden_imports=raw.forbidden_imports,
        late=None if raw.late is None else late_policy(raw.late, f"{where}: late"),
        attempts=raw.attempts,
    )


def reference_files(assignment: Assignment) -> dict[str, bytes]:
    """The reference solution: every .py file in `assignment.solutions`, by its path below that folder.

    Hidden files and `__pycache__` are left out. The questions' files need not all be there.
    """
    paths = sorted(path for path in visible_files(assignment.solutions) if path.suffix == ".py")
    return {path.relative_to(assignment.solutions).as_posix(): path.read_bytes() for path in paths}


def suite_digest(assignment: Assignment) -> str:
    """SHA-256, in hexadecimal, over everything trusted that can change a grade.

    That is assignment.yaml, probes.py, tests/, data/ and the reference, whose answers decide which cases judge:
    relative paths and contents, without hidden files and `__pycache__`.
    """
    digest = hashlib.sha256()
    for name, content in trusted_files(assignment):
        digest.update(f"{name}\0{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def trusted_files(assignment: Assignment) -> Iterator[tuple[str, bytes]]:
    """Everything trusted that can change a grade: names and contents; see `suite_digest`."""
    folder = assignment.folder
    for name in (ASSIGNMENT_FILE, "probes.py"):
        if (folder / name).is_file():
            yield name, (folder / name).read_bytes()
    for name in ("data", "tests"):
        for path in sorted(visible_files(folder / name), key=lambda path: path.relative_to(folder).as_posix()):
            yield path.relative_to(folder).as_posix(), path.read_bytes()
    for name, content in reference_files(assignment).items():
        yield f"solutions/{name}", content


def visible_files(folder: Path) -> Iterator[Path]:
    """The files below a folder, without hidden ones and caches."""
    for path in folder.rglob("*"):
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
    raise CourseError(f'no assignment "{name}" in this course{did_you_mean(name, course.assignments)} It has: {known}')


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
        if entry.speed is not None and (wrong := mistake(entry.speed)):
            raise CourseError(f"{here}.speed.{wrong}")
        questions[entry.id] = Question(
            id=entry.id,
            title=entry.title,
            points=entry.points,
            file=entry.file,
            limits=_limits(entry.limits, limits, f"{here}.limits"),
            bonus=entry.bonus,
            manual=entry.manual,
            hints=entry.hints,
            forbidden_operations=entry.forbidden_operations,
            speed=entry.speed,
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


def _not_negative(number: int, where: str) -> int:
    if number < 0:
        raise CourseError(f"{where}: {number} is below 0")
    return number


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

"""The path of a batch, from a folder of submissions to a gradebook and a report. Read this first.

```
archive, folder, .ipynb -> Submission -> workspace -> worker (untrusted) <-wire-> suite (trusted) -> outcomes
                                                                                        |
                              reports <- gradebook <- grade <- scoring
```
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from autograder import __version__
from autograder.archive import Entry, find_submissions, read_submission
from autograder.batch import Executor, Graded, Plan, SlotSetup
from autograder.course import Course, load_assignment, reference_files, suite_digest
from autograder.errors import CourseError
from autograder.gradebook import Gradebook
from autograder.model import Assignment, Grade, Submission
from autograder.report.folder import write_reports
from autograder.scoring import score
from autograder.worker.isolation import Isolation
from autograder.worker.messages import Grade as Sandbox

PROFILE = "cpu"
SLACK_S = 60.0  # beyond all time limits of one submission, for the suite's own work on a busy machine


class Outcomes(msgspec.Struct):
    """What a batch came to."""

    graded: list[Grade]
    skipped: int  # graded before, and unchanged
    broken: dict[str, str]  # cases that the reference does not pass: these judge nobody
    report: Path | None
    warning: str = ""  # what is missing in walling student code in


def grade_batch(
    course: Course,
    lab: str,
    paths: Sequence[Path],
    *,
    gradebook: Path,
    executor: Executor,
    held: Isolation,
    reports: Path | None = None,
    again: bool = False,
    seed: int | None = None,
    on_start: Callable[[int], None] = lambda _total: None,
    on_grade: Callable[[Grade], None] = lambda _grade: None,
    on_skip: Callable[[str], None] = lambda _student: None,
) -> Outcomes:
    """Grade what `paths` hold, write each grade the moment it is known, and write the reports.

    Args:
        course: the course's files.
        lab: the assignment's id, or the beginning of it.
        paths: folders of submissions, submissions, archives, notebooks, .py files.
        gradebook: the SQLite file; made if it is not there.
        executor: runs the suites.
        held: how student code is walled in.
        reports: the folder for the HTML pages; none are written if None.
        again: grade what was graded before, too.
        seed: base of the hidden cases' random numbers; the assignment's own if None.
        on_start: called once with how many submissions there are; each is then graded or skipped.
        on_grade: called with each grade, after it was written.
        on_skip: called with the student of each submission that was graded before and is unchanged.

    Raises:
        AutograderError: one line on what is wrong.
    """
    assignment = load_assignment(course, lab)
    seed = assignment.seed if seed is None else seed
    entries = find_submissions(paths, assignment)
    plan = make_plan(course, assignment, seed, held.grade)
    key = Key(suite_digest(assignment), seed, held)
    with Gradebook.open(gradebook) as book:
        done = set() if again else book.graded(assignment.id, key.suite_digest, PROFILE)
        outcomes = Outcomes([], 0, {}, None, held.warning)

        def skip(student: str) -> None:
            outcomes.skipped += 1
            on_skip(student)

        on_start(len(entries))
        for graded in executor.run(plan, read_new(entries, assignment, done, skip)):
            grade = to_grade(assignment, graded)
            record(book, assignment, grade, graded, key, again=again)
            outcomes.graded.append(grade)
            on_grade(grade)
        outcomes.broken = executor.broken
        if reports is not None:
            outcomes.report = report(book, assignment, reports, key.isolation)
    return outcomes


def read_new(
    entries: Iterable[Entry], assignment: Assignment, done: Set[tuple[str, str]], skip: Callable[[str], None]
) -> Iterator[Submission]:
    """Read one submission at a time, when it is asked for: a class of ten thousand never lies in memory.

    Args:
        entries: where they lie.
        assignment: what they are for.
        done: (student, digest) of those that need not be graded again.
        skip: called with the student of each of these.

    Raises:
        SubmissionError: this machine cannot read one.
    """
    for entry in entries:
        submission = read_submission(entry, assignment)
        if (submission.student, submission.digest) in done:
            skip(submission.student)
        else:
            yield submission


class Key(msgspec.Struct, frozen=True):
    """What a grade depends on besides the submission."""

    suite_digest: str
    seed: int
    isolation: Isolation


def make_plan(course: Course, assignment: Assignment, seed: int, sandbox: str = Sandbox.LIMITS) -> Plan:
    """The suite, proven by the reference in `solutions/`; `sandbox` is the grade of isolation."""
    seconds = sum(question.limits.seconds + question.limits.import_seconds for question in assignment.questions)
    return Plan(
        setup=SlotSetup(str(course.folder), assignment.id, seed, str(sandbox)),
        reference=reference_submission(assignment),
        seconds_allowed=40 * seconds + SLACK_S,  # forty cases a question, each at its limit
    )


def reference_submission(assignment: Assignment) -> Submission:
    """The reference solution as if a student had handed it in.

    Raises:
        CourseError: it lacks a file.
    """
    files = reference_files(assignment)
    missing = [file for file in assignment.files if file not in files]
    if missing:
        raise CourseError(f"{assignment.solutions}: {', '.join(missing)} missing; the reference proves the suite")
    return Submission("reference", files)


def to_grade(assignment: Assignment, graded: Graded) -> Grade:
    """Points from cases; where the grader failed, all points stay open."""
    notes = graded.submission.notes
    if graded.submission.problem:
        notes = (*notes, graded.submission.problem)
    if graded.fault:
        notes = (*notes, f"The grader failed on this submission; staff have been told: {graded.fault}")
    return score(assignment, graded.submission.student, graded.cases, notes)


def record(book: Gradebook, assignment: Assignment, grade: Grade, graded: Graded, key: Key, *, again: bool) -> None:
    """Write one grade, with what is needed to reproduce and explain it."""
    book.record(
        assignment.id,
        grade,
        submission_digest=graded.submission.digest,
        suite_digest=key.suite_digest,
        profile=PROFILE,
        seed=key.seed,
        versions=versions(),
        isolation=msgspec.to_builtins(key.isolation),
        seconds=graded.seconds,
        again=again,
    )


def versions() -> dict[str, str]:
    """What ran."""
    installed = {name: version(name) for name in ("numpy", "pytest")}
    return {"engine": __version__, "python": platform.python_version(), **installed, "platform": platform.platform()}


def report(book: Gradebook, assignment: Assignment, folder: Path, held: Isolation) -> Path:
    """Write the HTML pages of everybody's current grade; the class page's path."""
    grades = [recorded.grade for recorded in book.current(assignment)]
    return write_reports(folder, assignment, grades, generated_at=datetime.now(UTC), isolation=held.warning)


def current_grades(book: Gradebook, assignment: Assignment) -> Iterator[Grade]:
    """Everybody's current grade."""
    for recorded in book.current(assignment):
        yield recorded.grade

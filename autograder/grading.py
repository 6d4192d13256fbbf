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
from autograder.carry import merged_cases, questions_to_run, taken_over
from autograder.course import Course, load_assignment, reference_files, suite_digest
from autograder.digests import question_digests
from autograder.errors import CourseError
from autograder.gradebook import Gradebook, Origin, RecordedGrade
from autograder.model import Assignment, Grade, Submission
from autograder.report.folder import write_reports
from autograder.rules import AttemptPolicy
from autograder.scoring import score
from autograder.standing import standings
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
    diagnose: bool = True,
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
        diagnose: whether feedback names the known mistake that a submission behaves like.
        on_start: called once with how many submissions there are; each is then graded or skipped.
        on_grade: called with each grade, after it was written.
        on_skip: called with the student of each submission that was graded before and is unchanged.

    Raises:
        AutograderError: one line on what is wrong.
    """
    assignment = load_assignment(course, lab)
    seed = assignment.seed if seed is None else seed
    entries = find_submissions(paths, assignment)
    plan = make_plan(course, assignment, seed, held.grade, diagnose=diagnose)
    key = Key(suite_digest(assignment), question_digests(assignment), seed, held)
    with Gradebook.open(gradebook) as book:
        every = assignment.attempts is not AttemptPolicy.LATEST
        done = set() if again else book.graded(assignment.id, key.suite_digest, PROFILE, every=every)
        outcomes = Outcomes([], 0, {}, None, held.warning)
        reader = Reader(book, assignment, key, done, again=again)

        def skip(student: str) -> None:
            outcomes.skipped += 1
            on_skip(student)

        def finish(graded: Graded, job: Job) -> None:
            grade = to_grade(assignment, graded, job)
            record(book, assignment, grade, graded, key, job, again=again)
            outcomes.graded.append(grade)
            on_grade(grade)

        on_start(len(entries))
        for graded in executor.run(plan, reader.new(entries, plan.only, skip, finish)):
            finish(graded, reader.jobs.pop(graded.submission.student))
        outcomes.broken = executor.broken
        if reports is not None:
            outcomes.report = report(book, course, assignment, reports, key.isolation)
    return outcomes


class Job(msgspec.Struct, frozen=True):
    """What a result needs to become a grade."""

    submission: Submission
    origin: Origin
    before: RecordedGrade | None = None  # the submission's earlier grade, where some of it still holds
    ran: tuple[str, ...] = ()  # the questions that were run, where that is not all of them
    digest: str = ""  # the submission's, if it is not at hand


class Reader:
    """Reads one submission at a time, when it is asked for: a class of ten thousand never lies in memory."""

    def __init__(
        self, book: Gradebook, assignment: Assignment, key: Key, done: Set[tuple[str, str]], *, again: bool
    ) -> None:
        self._book = book
        self._assignment = assignment
        self._key = key
        self._done = done  # (student, digest) of those that need not be graded
        self._again = again
        self.jobs: dict[str, Job] = {}  # those that are being graded, by the submission's student

    def new(
        self,
        entries: Iterable[Entry],
        only: dict[str, tuple[str, ...]],
        skip: Callable[[str], None],
        finish: Callable[[Graded, Job], None],
    ) -> Iterator[Submission]:
        """Submissions that must be run.

        Args:
            entries: where they lie.
            only: gets the questions to run of those that need not be run as a whole.
            skip: called with the student of each that is graded and unchanged.
            finish: called for each whose earlier cases all hold, but come to other points, or count once more.

        Raises:
            SubmissionError: this machine cannot read one.
        """
        for entry in entries:
            submission = read_submission(entry, self._assignment)
            if (submission.student, submission.digest) in self._done:
                skip(submission.student)
                continue
            job = self._job(submission)
            if job.before is not None and not job.ran:
                if self._stands(job.before):
                    skip(submission.student)
                else:
                    finish(Graded(submission, [], 0.0), job)
                continue
            self.jobs[submission.student] = job
            if job.before is not None:
                only[submission.student] = job.ran
            yield submission

    def _stands(self, before: RecordedGrade) -> bool:
        """Whether an earlier grade, all of whose cases hold, is the student's latest and comes to the same points."""
        every = self._assignment.attempts is not AttemptPolicy.LATEST
        is_latest = every or self._book.latest(self._assignment.id, before.grade.student) == before.attempt_id
        return is_latest and same_points(self._assignment, before)

    def _job(self, submission: Submission) -> Job:
        origin = Origin(submission=submission, question_digests=self._key.question_digests)
        assignment, key = self._assignment, self._key
        before = self._book.candidate(assignment, submission.student, submission.digest)
        if self._again or before is None:
            return Job(submission, origin)
        ran = questions_to_run(assignment, before, key.question_digests, key.seed, PROFILE)
        if len(ran) == len(assignment.questions):
            return Job(submission, origin)
        ran_in = taken_over(assignment, before, ran)
        return Job(submission, msgspec.structs.replace(origin, ran_in=ran_in), before, ran)


class Key(msgspec.Struct, frozen=True):
    """What a grade depends on besides the submission."""

    suite_digest: str
    question_digests: dict[str, str]
    seed: int
    isolation: Isolation


def make_plan(
    course: Course, assignment: Assignment, seed: int, sandbox: str = Sandbox.LIMITS, *, diagnose: bool = False
) -> Plan:
    """The suite, proven by the reference in `solutions/`.

    Args:
        course: the course's files.
        assignment: one of its labs.
        seed: base of the hidden cases' random numbers.
        sandbox: the grade of isolation.
        diagnose: whether feedback names known mistakes.
    """
    seconds = sum(question.limits.seconds + question.limits.import_seconds for question in assignment.questions)
    return Plan(
        setup=SlotSetup(str(course.folder), assignment.id, seed, str(sandbox), diagnose),
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


def same_points(assignment: Assignment, recorded: RecordedGrade) -> bool:
    """Whether a recorded grade's cases still come to the same points, question by question."""
    grade = score(assignment, recorded.grade.student, merged_cases(assignment, recorded, (), ()), recorded.grade.notes)
    now, then = grade.questions, recorded.grade.questions
    return grade.max_points == recorded.grade.max_points and [
        (entry.question.id, entry.points, entry.open_points, entry.question.points) for entry in now
    ] == [(entry.question.id, entry.points, entry.open_points, entry.question.points) for entry in then]


def to_grade(assignment: Assignment, graded: Graded, job: Job | None = None) -> Grade:
    """Points from cases; where the grader failed, all points stay open."""
    notes = graded.submission.notes
    if graded.submission.problem:
        notes = (*notes, graded.submission.problem)
    if graded.fault:
        notes = (*notes, f"The grader failed on this submission; staff have been told: {graded.fault}")
    cases = graded.cases if job is None else merged_cases(assignment, job.before, job.ran, graded.cases)
    return score(assignment, graded.submission.student, cases, notes)


def record(
    book: Gradebook, assignment: Assignment, grade: Grade, graded: Graded, key: Key, job: Job, *, again: bool
) -> None:
    """Write one grade, with what is needed to reproduce and explain it."""
    book.record(
        assignment.id,
        grade,
        submission_digest=job.digest or graded.submission.digest,
        suite_digest=key.suite_digest,
        profile=PROFILE,
        seed=key.seed,
        versions=versions(),
        isolation=msgspec.to_builtins(key.isolation),
        seconds=graded.seconds,
        again=again or job.before is not None,
        origin=job.origin,
    )


def versions() -> dict[str, str]:
    """What ran."""
    installed = {name: version(name) for name in ("numpy", "pytest")}
    return {"engine": __version__, "python": platform.python_version(), **installed, "platform": platform.platform()}


def report(book: Gradebook, course: Course, assignment: Assignment, folder: Path, held: Isolation) -> Path:
    """Write the HTML pages of everybody's current grade; the class page's path."""
    grades = [standing.grade for standing in standings(book, course, assignment)]
    return write_reports(folder, assignment, grades, generated_at=datetime.now(UTC), isolation=held.warning)

"""The path of a batch, from a folder of submissions to a gradebook and a report. Read this first.

```
archive, folder, .ipynb -> Submission -> workspace -> worker (untrusted) <-wire-> suite (trusted) -> outcomes
                                                                                        |
                              reports <- gradebook <- grade <- scoring
```
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from autograder.archive import Person
from autograder.batch import Executor, Graded, Plan, SlotSetup, versions
from autograder.carry import merged_cases
from autograder.course import Course, load_assignment, reference_files, suite_digest
from autograder.digests import question_digests
from autograder.errors import CourseError
from autograder.gradebook import Gradebook
from autograder.intake import Intake, Roster, take_in
from autograder.jobs import PROFILE, Job, Key, Reader
from autograder.model import Assignment, CaseResult, Feedback, Grade, Outcome, QuestionGrade, Submission
from autograder.report.folder import write_reports
from autograder.rules import AttemptPolicy, Mark, MarkKind
from autograder.scoring import score
from autograder.similarity.page import read_groups
from autograder.speed.cases import with_speed
from autograder.standing import standings
from autograder.worker.isolation import Isolation
from autograder.worker.messages import Grade as Sandbox

SLACK_S = 60.0  # beyond all time limits of one submission, for the suite's own work on a busy machine


class Outcomes(msgspec.Struct):
    """What a batch came to."""

    graded: list[Grade]  # without the feedback's words, which are in the gradebook
    skipped: int  # graded before, and unchanged
    broken: dict[str, str]  # cases that the reference does not pass: these judge nobody
    report: Path | None
    warning: str = ""  # what is missing in walling student code in
    late: int = 0  # students among those graded whom lateness costs points, which the grades here leave out


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
    timed: bool = False,
    roster: Roster | None = None,
    submitted_at: datetime | str | None = None,
    on_intake: Callable[[Intake], None] = lambda _intake: None,
    on_start: Callable[[int], None] = lambda _total: None,
    on_grade: Callable[[Grade, Graded], None] = lambda _grade, _graded: None,
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
        timed: whether speed checks are to follow, see `timing`: their points are open until then.
        roster: who is who on the platforms.
        submitted_at: when all was handed in whose time is not told; `intake.OWN_TIME` for when files were changed.
        on_intake: called with what was found, before anything is graded.
        on_start: called once with how many submissions there are; each is then graded or skipped.
        on_grade: called with each grade, after it was written, and how it was run.
        on_skip: called with the student of each submission that was graded before and is unchanged.

    Raises:
        AutograderError: one line on what is wrong.
    """
    assignment = load_assignment(course, lab)
    seed = assignment.seed if seed is None else seed
    plan = make_plan(course, assignment, seed, held.grade, diagnose=diagnose)
    key = Key(suite_digest(assignment), question_digests(assignment), seed, held)
    with Gradebook.open(gradebook) as book:
        known = book.names_by_identity()
        intake = take_in(paths, assignment, roster=roster, known=known, submitted_at=submitted_at)
        note_roster(book, assignment, intake)
        on_intake(intake)
        every = assignment.attempts is not AttemptPolicy.LATEST
        done = set() if again else book.graded(assignment.id, key.suite_digest, PROFILE, every=every)
        outcomes = Outcomes([], 0, {}, None, held.warning)
        reader = Reader(book, assignment, key, done, again=again)
        outlines = _Outlines()

        def skip(student: str) -> None:
            outcomes.skipped += 1
            on_skip(student)

        def finish(graded: Graded, job: Job) -> None:
            graded = msgspec.structs.replace(graded, submission=job.submission)
            for person in (Person(job.submission.student, job.origin.identities), *job.group):
                grade = msgspec.structs.replace(to_grade(assignment, graded, job, timed=timed), student=person.student)
                origin = msgspec.structs.replace(job.origin, identities=person.identities)
                record(book, assignment, grade, graded, key, msgspec.structs.replace(job, origin=origin), again=again)
                outcomes.graded.append(outlines.outline(grade))
                on_grade(grade, graded)

        on_start(sum(1 + len(entry.group) for entry in intake.entries))
        for graded in executor.run(plan, reader.new(intake.entries, plan.only, skip, finish)):
            finish(graded, reader.jobs.pop(graded.submission.student))
        outcomes.broken = executor.broken
        if assignment.late is not None:
            new = {grade.student for grade in outcomes.graded}
            current = [standing.grade for standing in standings(book, course, assignment)]
            outcomes.late = sum(bool(grade.deductions) and grade.student in new for grade in current)
        if reports is not None:
            outcomes.report = report(book, course, assignment, reports, key.isolation)
    return outcomes


class _Outlines:
    """Grades as a table of the class needs them, in little memory: what many have in common is there once."""

    def __init__(self) -> None:
        self._cases: dict[CaseResult, CaseResult] = {}
        self._entries: dict[tuple[object, ...], QuestionGrade] = {}

    def outline(self, grade: Grade) -> Grade:
        """The grade, without words that only its own page says."""
        return msgspec.structs.replace(grade, questions=tuple(map(self._entry, grade.questions)))

    def _entry(self, entry: QuestionGrade) -> QuestionGrade:
        cases = tuple(map(self._case, entry.cases))
        key = (entry.question.id, entry.points, entry.open_points, entry.mark, *map(id, cases))
        return self._entries.setdefault(key, msgspec.structs.replace(entry, cases=cases))

    def _case(self, case: CaseResult) -> CaseResult:
        said = case.feedback.message if case.outcome is Outcome.ERROR else ""
        short = msgspec.structs.replace(case, seconds=0.0, feedback=Feedback(said))
        return self._cases.setdefault(short, short)


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
        setup=SlotSetup(str(course.folder), assignment.id, seed, str(sandbox), tuple(assignment.preload), diagnose),
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


def note_roster(book: Gradebook, assignment: Assignment, intake: Intake) -> None:
    """Write down how platforms call the students of a roster, and due times of their own."""
    if not intake.listed:
        return
    book.add_all_identities((entry.student, entry.identities) for entry in intake.listed)
    marks = book.marks(assignment.id)
    for entry in intake.listed:
        held = [mark.moment for mark in marks.get(entry.student, ()) if mark.kind is MarkKind.DUE]
        if entry.due is not None and held[-1:] != [entry.due.astimezone(UTC)]:
            book.add_mark(
                assignment.id, entry.student, Mark(MarkKind.DUE, "roster", "as the roster says", moment=entry.due)
            )


def to_grade(assignment: Assignment, graded: Graded, job: Job | None = None, *, timed: bool = False) -> Grade:
    """Points from cases; where the grader failed, all points stay open.

    With `timed`, or where speed was checked before, the speed checks have their share of the points.
    """
    notes = graded.submission.notes
    if graded.submission.problem:
        notes = (*notes, graded.submission.problem)
    if graded.fault:
        notes = (*notes, f"The grader failed on this submission; staff have been told: {graded.fault}")
    cases = graded.cases if job is None else merged_cases(assignment, job.before, job.ran, graded.cases)
    before = job.before.grade.questions if job is not None and job.before is not None else ()
    if timed or any(case.is_timed for entry in before for case in entry.cases):
        cases = with_speed(assignment, cases)
    return score(assignment, graded.submission.student, cases, notes)


def record(
    book: Gradebook, assignment: Assignment, grade: Grade, graded: Graded, key: Key, job: Job, *, again: bool
) -> None:
    """Write one grade, with what is needed to reproduce and explain it."""
    node = graded.node
    book.record(
        assignment.id,
        grade,
        submission_digest=job.digest or graded.submission.digest,
        suite_digest=key.suite_digest,
        profile=PROFILE,
        seed=key.seed,
        versions=versions() if node is None else {**node.versions, "node": node.name},
        isolation=msgspec.to_builtins(key.isolation if node is None else node.isolation),
        seconds=graded.seconds,
        again=again or job.before is not None,
        origin=job.origin,
    )


def report(book: Gradebook, course: Course, assignment: Assignment, folder: Path, held: Isolation) -> Path:
    """Write the HTML pages of everybody's current grade; the class page's path."""
    grades = [standing.grade for standing in standings(book, course, assignment)]
    known = {grade.student for grade in grades}
    absent = [student for student in book.students() if student not in known]
    return write_reports(
        folder,
        assignment,
        grades,
        generated_at=datetime.now(UTC),
        isolation=held.warning,
        absent=absent,
        similar=read_groups(folder / "similarity"),
    )

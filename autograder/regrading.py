"""The path of a regrade: of every submission in the gradebook, what changed in the suite is run again, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from autograder.batch import Executor, Graded
from autograder.carry import questions_to_run, taken_over
from autograder.course import Course, load_assignment, suite_digest
from autograder.digests import question_digests
from autograder.errors import AutograderError
from autograder.gradebook import Gradebook, Origin, RecordedGrade
from autograder.grading import make_plan, record, to_grade
from autograder.jobs import PROFILE, Job, Key, same_points
from autograder.model import Assignment, Grade, Submission
from autograder.report.safe import safe
from autograder.rules import AttemptPolicy
from autograder.standing import Standing, stand, standings
from autograder.worker.isolation import Isolation


class Move(msgspec.Struct, frozen=True):
    """How one submission's grade moved, or would move."""

    student: str
    before: Grade  # as it stood, with marks and deductions
    after: Grade
    ran: tuple[str, ...]  # questions that were run again

    @property
    def points(self) -> float:
        """By how much."""
        return self.after.points - self.before.points

    @property
    def questions(self) -> list[tuple[str, float]]:
        """Questions whose points moved, and by how much; all points of those that came or went."""
        before = {entry.question.id: entry.points for entry in self.before.questions}
        after = {entry.question.id: entry.points for entry in self.after.questions}
        moved = [(name, after.get(name, 0.0) - before.get(name, 0.0)) for name in {**before, **after}]
        return [(name, points) for name, points in moved if points]


class Regraded(msgspec.Struct):
    """What a regrade came to."""

    moves: list[Move]  # every submission that was looked at, in the order in which they were done
    unchanged: int = 0  # of these, judged by nothing that changed
    lost: list[str] = []  # students whose submission was not kept, so that it must be named again
    broken: dict[str, str] = {}  # cases that the reference does not pass


class _Work(msgspec.Struct, frozen=True):
    job: Job
    standing: Standing


def regrade(
    course: Course,
    lab: str,
    *,
    gradebook: Path,
    executor: Executor,
    held: Isolation,
    students: Sequence[str] = (),
    dry_run: bool = False,
    everything: bool = False,
    seed: int | None = None,
    on_start: Callable[[int], None] = lambda _total: None,
    on_move: Callable[[Move], None] = lambda _move: None,
) -> Regraded:
    """Run what changed in the suite again, on every submission that counts.

    Args:
        course: the course's files.
        lab: the assignment's id, or the beginning of it.
        gradebook: the SQLite file.
        executor: runs the suites.
        held: how student code is walled in.
        students: whose; everybody's if empty.
        dry_run: write nothing.
        everything: run all questions, changed or not.
        seed: base of the hidden cases' random numbers; the assignment's own if None.
        on_start: called once with how many submissions there are.
        on_move: called with each, when it is done.

    Raises:
        AutograderError: one line on what is wrong.
    """
    assignment = load_assignment(course, lab)
    seed = assignment.seed if seed is None else seed
    key = Key(suite_digest(assignment), question_digests(assignment), seed, held)
    plan = make_plan(course, assignment, seed, held.grade, diagnose=True)
    regraded = Regraded([])
    with Gradebook.open(gradebook) as book:
        found = _submissions(book, course, assignment, students)
        on_start(len(found))
        work: dict[str, _Work] = {}

        def finish(graded: Graded, done: _Work) -> None:
            graded = msgspec.structs.replace(graded, submission=done.job.submission)
            grade = to_grade(assignment, graded, done.job)
            if not dry_run and (done.job.ran or not same_points(assignment, _before(done.job))):
                record(book, assignment, grade, graded, key, done.job, again=True)
            move = _moved(assignment, done, grade)
            regraded.moves.append(move)
            regraded.unchanged += not done.job.ran
            on_move(move)

        def waiting() -> Iterator[Submission]:
            for number, standing in enumerate(found):
                done = _plan_one(book, assignment, key, standing, everything=everything)
                if done is None:
                    regraded.lost.append(standing.grade.student)
                elif not done.job.ran:
                    finish(Graded(done.job.submission, [], 0.0), done)
                else:
                    name = str(number)  # several submissions of one student may be under way
                    work[name], plan.only[name] = done, done.job.ran
                    yield msgspec.structs.replace(done.job.submission, student=name)

        for graded in executor.run(plan, waiting()):
            finish(graded, work.pop(graded.submission.student))
        regraded.broken = executor.broken
    return regraded


def _submissions(book: Gradebook, course: Course, assignment: Assignment, students: Sequence[str]) -> list[Standing]:
    """What to look at: all submissions where the best counts, the one that counts otherwise."""
    found = [entry for entry in standings(book, course, assignment) if entry.recorded is not None]
    known = {entry.grade.student for entry in found}
    for student in students:
        if student not in known:
            raise AutograderError(f"no grade of {safe(student)!r} in the gradebook; see `autograder status`")
    if assignment.attempts is AttemptPolicy.BEST:
        counting = {entry.recorded.attempt_id: entry for entry in found if entry.recorded is not None}
        every = book.candidates(assignment)
        found = [counting.get(entry.attempt_id) or stand(assignment, entry) for entry in every]
    named = [entry for entry in found if entry.recorded is not None and entry.recorded.named]
    return [entry for entry in named if not students or entry.grade.student in students]


def _plan_one(
    book: Gradebook, assignment: Assignment, key: Key, standing: Standing, *, everything: bool
) -> _Work | None:
    """What to run of one submission; None if it has to be run and was not kept."""
    recorded = standing.recorded
    assert recorded is not None  # noqa: S101 - `_submissions` has left out the others
    ran = questions_to_run(assignment, recorded, key.question_digests, key.seed, PROFILE)
    if everything:
        ran = tuple(question.id for question in assignment.questions)
    student = recorded.grade.student
    kept = book.submission(recorded.submission_digest, student)
    if kept is None and ran:
        return None
    submission = kept or Submission(student)
    origin = Origin(
        submitted_at=recorded.submitted_at,
        source="regrade",
        question_digests=key.question_digests,
        ran_in=taken_over(assignment, recorded, ran),
    )
    return _Work(Job(submission, origin, recorded, ran, recorded.submission_digest), standing)


def _before(job: Job) -> RecordedGrade:
    assert job.before is not None  # noqa: S101 - a regrade has one
    return job.before


def _moved(assignment: Assignment, done: _Work, grade: Grade) -> Move:
    """Both sides with the same marks and slip days."""
    slip_days = done.standing.late.slip_days if done.standing.late is not None else 0
    after = stand(assignment, msgspec.structs.replace(_before(done.job), grade=grade), slip_days)
    return Move(grade.student, done.standing.grade, after.grade, done.job.ran)

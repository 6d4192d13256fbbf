"""What has to be run of a batch: submissions read one at a time, less those whose grade still holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set

import msgspec

from autograder.archive import Entry, Person, read_submission
from autograder.batch import Graded
from autograder.carry import merged_cases, questions_to_run, taken_over
from autograder.gradebook import Gradebook, Origin, RecordedGrade
from autograder.model import Assignment, Submission
from autograder.rules import AttemptPolicy
from autograder.scoring import score
from autograder.worker.isolation import Isolation

PROFILE = "cpu"


class Key(msgspec.Struct, frozen=True):
    """What a grade depends on besides the submission."""

    suite_digest: str
    question_digests: dict[str, str]
    seed: int
    isolation: Isolation


class Job(msgspec.Struct, frozen=True):
    """What a result needs to become a grade."""

    submission: Submission
    origin: Origin
    before: RecordedGrade | None = None  # the submission's earlier grade, where some of it still holds
    ran: tuple[str, ...] = ()  # the questions that were run, where that is not all of them
    digest: str = ""  # the submission's, if it is not at hand
    group: tuple[Person, ...] = ()  # others who get the same grade


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
        self._numbers: dict[str, int] = {}
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
            people = (submission.student, *(person.student for person in entry.group))
            if all((student, submission.digest) in self._done for student in people):
                for student in people:
                    skip(student)
                continue
            job = self._job(submission, entry)
            if job.before is not None and not job.ran:
                if self._stands(job.before):
                    skip(submission.student)
                else:
                    finish(Graded(submission, [], 0.0), job)
                continue
            number = self._numbers[submission.student] = self._numbers.get(submission.student, 0) + 1
            name = submission.student if number == 1 else f"{submission.student}\0{number}"  # one of several hand-ins
            self.jobs[name] = job
            if job.before is not None:
                only[name] = job.ran
            yield msgspec.structs.replace(submission, student=name)

    def _stands(self, before: RecordedGrade) -> bool:
        """Whether an earlier grade, all of whose cases hold, is the student's latest and comes to the same points."""
        every = self._assignment.attempts is not AttemptPolicy.LATEST
        is_latest = every or self._book.latest(self._assignment.id, before.grade.student) == before.attempt_id
        return is_latest and same_points(self._assignment, before)

    def _job(self, submission: Submission, entry: Entry) -> Job:
        origin = Origin(
            submission=submission,
            submitted_at=entry.submitted_at,
            source=entry.source,
            identities=entry.identities,
            question_digests=self._key.question_digests,
        )
        assignment, key = self._assignment, self._key
        if entry.group:
            return Job(submission, origin, group=entry.group)
        before = self._book.candidate(assignment, submission.student, submission.digest)
        if self._again or before is None:
            return Job(submission, origin)
        ran = questions_to_run(assignment, before, key.question_digests, key.seed, PROFILE)
        if len(ran) == len(assignment.questions):
            return Job(submission, origin)
        ran_in = taken_over(assignment, before, ran)
        return Job(submission, msgspec.structs.replace(origin, ran_in=ran_in), before, ran)


def same_points(assignment: Assignment, recorded: RecordedGrade) -> bool:
    """Whether a recorded grade's cases still come to the same points, question by question."""
    grade = score(assignment, recorded.grade.student, merged_cases(assignment, recorded, (), ()), recorded.grade.notes)
    now, then = grade.questions, recorded.grade.questions
    return grade.max_points == recorded.grade.max_points and [
        (entry.question.id, entry.points, entry.open_points, entry.question.points) for entry in now
    ] == [(entry.question.id, entry.points, entry.open_points, entry.question.points) for entry in then]

"""The path of speed checks: after a batch's tests, one submission at a time, whatever waits in the gradebook.

The tests of a whole batch come first, so that nothing else computes on the machine meanwhile. Each result is written as
another attempt the moment it is known; a queue that was interrupted goes on where it was.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec

from autograder.batch import Graded
from autograder.course import Course, load_assignment
from autograder.digests import question_digests
from autograder.gradebook import Gradebook, Origin, RecordedGrade
from autograder.grading import record, report
from autograder.jobs import Job, Key
from autograder.model import Assignment, CaseResult, Feedback, Grade, Outcome, Submission
from autograder.rules import AttemptPolicy
from autograder.scoring import score
from autograder.speed.cases import NO_GPU, queue, waiting, with_speed, with_verdicts
from autograder.speed.driver import Timer
from autograder.speed.lock import lock_file, machine_lock
from autograder.speed.verdict import Setup, Verdict
from autograder.worker import gpus
from autograder.worker.isolation import Isolation, isolation
from autograder.worker.messages import Gpu
from autograder.worker.messages import Grade as Sandbox

DEVICE = "cpu"  # every check uses it, those on a GPU too


class Timed(msgspec.Struct):
    """What a queue came to."""

    graded: list[Grade] = []  # by student and run, in the order in which they were done
    lost: list[str] = []  # students whose submission was not kept: name it again
    stale: list[str] = []  # students whose tests ran in another suite: grade them again
    report: Path | None = None


class _Entry(msgspec.Struct):
    """One submission in the queue."""

    recorded: RecordedGrade
    submission: Submission
    cases: list[CaseResult]


class _Here(msgspec.Struct, frozen=True):
    """What this machine has for speed checks."""

    held: Isolation  # how student code is walled in
    gpu: Gpu | None = None
    no_gpu: str = ""  # why none is used, for staff


def time_pending(
    course: Course,
    lab: str,
    *,
    gradebook: Path,
    held: Isolation,
    students: Collection[str] | None = None,
    add: bool = False,
    reports: Path | None = None,
    lock: Path | None = None,
    find_gpu: Callable[[], Gpu | None] = gpus.find,
    on_wait: Callable[[], None] = lambda: None,
    on_start: Callable[[int, float], None] = lambda _checks, _seconds: None,
    on_check: Callable[[str, Verdict], None] = lambda _student, _verdict: None,
    on_grade: Callable[[Grade], None] = lambda _grade: None,
) -> Timed:
    """Run the speed checks that wait, and write each grade that they complete.

    Times that scatter are measured once more at the end, and then judged by their mean.

    Args:
        course: the course's files.
        lab: the assignment's id, or the beginning of it.
        gradebook: the SQLite file.
        held: how student code is walled in.
        students: whose; everybody's if None.
        add: check also what was graded without speed checks.
        reports: the folder for the HTML pages; none are written if None.
        lock: the file that keeps it to one speed check at a time on this machine; beside it lies one for the GPU.
        find_gpu: the GPU of this machine, asked for if a check needs one.
        on_wait: called if another program checks speed now.
        on_start: called with how many checks there are, and how many seconds they will take.
        on_check: called with the student and the verdict of each.
        on_grade: called with each grade, after it was written.

    Raises:
        AutograderError: one line on what is wrong.
    """
    assignment = load_assignment(course, lab)
    timed = Timed()
    with Gradebook.open(gradebook) as book:
        entries = _queue(book, assignment, students, timed, add=add)
        if not entries:
            return timed
        here = _here(assignment, held, find_gpu)
        waits = queue(assignment, [_grade(assignment, entry) for entry in entries])
        now = waits.checks if here.gpu is not None else waits.checks - waits.on_gpu
        on_start(now, waits.seconds * now / waits.checks)
        setup = Setup(str(course.folder), assignment.id, str(held.grade), here.gpu)
        with contextlib.ExitStack() as stack:
            stack.enter_context(machine_lock(lock or lock_file(DEVICE), on_wait))
            if here.gpu is not None:
                own = lock.with_suffix(".gpu") if lock is not None else lock_file(here.gpu.known_as or "gpu")
                stack.enter_context(machine_lock(own, on_wait))
            timer = stack.enter_context(Timer(setup))
            _work_off(book, assignment, here, entries, timer, timed, on_check, on_grade)
            again = [entry for entry in entries if any(waiting(_grade(assignment, entry)).values())]
            _work_off(book, assignment, here, again, timer, timed, on_check, on_grade, final=True)
        if reports is not None:
            timed.report = report(book, course, assignment, reports, held)
    return timed


def _here(assignment: Assignment, held: Isolation, find_gpu: Callable[[], Gpu | None]) -> _Here:
    """The GPU, if a check needs one and student code is walled in there as well as it is without."""
    if not _on_gpu(assignment):
        return _Here(held)
    gpu = find_gpu()
    if gpu is None:
        return _Here(held, no_gpu="no device node of an NVIDIA GPU is there, or CUDA_VISIBLE_DEVICES hides it")
    if gpu.number is None:
        return _Here(held, gpu)
    there = isolation(Sandbox(held.grade), gpu)
    if there.grade != held.grade:
        reasons = "; ".join(f"{grade}: {reason}" for grade, reason in there.reasons.items())
        return _Here(held, no_gpu=f"with the GPU student code cannot be walled in as well as without it ({reasons})")
    return _Here(msgspec.structs.replace(held, gpu=gpu.number), gpu)


def _on_gpu(assignment: Assignment) -> set[str]:
    """The questions whose speed is checked on a GPU alone."""
    return {question.id for question in assignment.questions if question.speed is not None and question.speed.needs_gpu}


def _queue(
    book: Gradebook, assignment: Assignment, students: Collection[str] | None, timed: Timed, *, add: bool
) -> list[_Entry]:
    """The submissions whose speed checks wait, with what was handed in."""
    digests = question_digests(assignment)
    latest = assignment.attempts is AttemptPolicy.LATEST
    entries = []
    for recorded in book.current(assignment) if latest else book.candidates(assignment):
        student = recorded.grade.student
        cases = [case for question in recorded.grade.questions for case in question.cases]
        if not recorded.named or (students is not None and student not in students):
            continue
        if not add and not any(case.is_timed for case in cases):
            continue
        cases = with_speed(assignment, cases)
        wanted = waiting(score(assignment, student, cases))
        if not wanted:
            continue
        submission = book.submission(recorded.submission_digest, student)
        if submission is None:
            timed.lost.append(student)
        elif any(recorded.question_digests.get(name) != digests[name] for name in wanted):
            timed.stale.append(student)
        else:
            entries.append(_Entry(recorded, submission, cases))
    return entries


def _work_off(
    book: Gradebook,
    assignment: Assignment,
    here: _Here,
    entries: Sequence[_Entry],
    timer: Timer,
    timed: Timed,
    on_check: Callable[[str, Verdict], None],
    on_grade: Callable[[Grade], None],
    *,
    final: bool = False,
) -> None:
    """Check one submission after the other; equal ones, as those of a group, once."""
    measured: dict[tuple[str, str], Verdict] = {}
    out_of_reach = _on_gpu(assignment) if here.gpu is None else set()
    no_gpu = Feedback(NO_GPU, detail=here.no_gpu)
    for entry in entries:
        digest, student = entry.recorded.submission_digest, entry.recorded.grade.student
        verdicts = {}
        for question, is_last in waiting(_grade(assignment, entry)).items():
            if final and not is_last:
                continue  # it waits for another machine or another day
            if question in out_of_reach:
                verdicts[question] = Verdict(question, Outcome.PENDING, no_gpu)
                continue
            if (digest, question) not in measured:
                measured[digest, question] = timer.check(entry.submission, question, final=is_last)
            verdicts[question] = measured[digest, question]
            on_check(student, verdicts[question])
        before, entry.cases = entry.cases, with_verdicts(entry.cases, verdicts)
        grade = _grade(assignment, entry)
        timed.graded.append(grade)
        if entry.cases != before:
            on_gpu = any(case.is_timed and case.speed and case.question in _on_gpu(assignment) for case in entry.cases)
            held = here.held if on_gpu else msgspec.structs.replace(here.held, gpu=None)
            _record(book, assignment, held, entry, grade)
            on_grade(grade)


def _grade(assignment: Assignment, entry: _Entry) -> Grade:
    recorded = entry.recorded.grade
    return score(assignment, recorded.student, entry.cases, recorded.notes)


def _record(book: Gradebook, assignment: Assignment, held: Isolation, entry: _Entry, grade: Grade) -> None:
    """Add an attempt whose tests are those of the one before."""
    recorded = entry.recorded
    ran_in = {question.id: recorded.attempt_id for question in assignment.questions}
    origin = Origin(
        submitted_at=recorded.submitted_at,
        source=recorded.source,
        question_digests=recorded.question_digests,
        ran_in=ran_in,
    )
    key = Key(recorded.suite_digest, recorded.question_digests, recorded.seed, held)
    seconds = recorded.seconds + sum(case.seconds for case in entry.cases if case.is_timed)
    job = Job(entry.submission, origin, recorded, digest=recorded.submission_digest)
    record(book, assignment, grade, Graded(entry.submission, [], seconds), key, job, again=True)

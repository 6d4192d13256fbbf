"""Everybody's grade as it stands: the attempt that counts, staff's marks, what lateness costs.

The gradebook holds what the tests gave, and every mark. What follows from both is computed when it is read, so an
extension or another late policy needs no grading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from autograder.course import Course, load_assignment
from autograder.gradebook import Gradebook, HandIn, RecordedGrade
from autograder.model import Assignment, Grade
from autograder.rules import AttemptPolicy, Mark, MarkKind
from autograder.scoring import (
    Lateness,
    lateness,
    score,
    slip_days_needed,
    slip_days_used,
    with_lateness,
    with_marks,
    with_total,
)


class Standing(msgspec.Struct, frozen=True):
    """One student's grade as it stands."""

    grade: Grade  # with marks and deductions
    recorded: RecordedGrade | None  # what it rests on; None: nothing was handed in
    marks: tuple[Mark, ...] = ()
    submitted_at: datetime | None = None
    late: Lateness | None = None  # None: there is no late policy, or no hand-in time

    @property
    def is_final(self) -> bool:
        """Whether there is nothing open, so that it can be handed to a platform."""
        return self.grade.settled and not self.grade.open_points


def standings(book: Gradebook, course: Course, assignment: Assignment) -> list[Standing]:
    """One for each student who handed something in or got a mark, by name."""
    recorded = counting(book, assignment)
    days = _slip_days(book, course, assignment, recorded)
    found = [stand(assignment, entry, days.get(entry.grade.student, 0)) for entry in recorded]
    handed_in = {entry.grade.student for entry in recorded}
    for student, marks in book.marks(assignment.id).items():
        if student not in handed_in and any(mark.points is not None or mark.excused for mark in marks):
            found.append(_nothing_handed_in(assignment, student, marks))
    return sorted(found, key=lambda entry: (entry.grade.student.casefold(), entry.grade.student))


def stand(assignment: Assignment, recorded: RecordedGrade, slip_days: int = 0) -> Standing:
    """What a recorded grade comes to, with its marks and the assignment's late policy."""
    submitted_at = handed_in_at(recorded.submitted_at, recorded.marks)
    due = due_of(assignment, recorded.marks)
    grade = with_marks(recorded.grade, recorded.marks)
    late = None
    if assignment.late is not None and due is not None and submitted_at is not None:
        late = lateness(assignment.late, due, submitted_at, slip_days)
        grade = with_lateness(grade, assignment.late, late)
    return Standing(with_total(grade, recorded.marks), recorded, recorded.marks, submitted_at, late)


def counting(book: Gradebook, assignment: Assignment) -> list[RecordedGrade]:
    """Each student's attempt that counts: the one that staff chose, or the one of the assignment's policy."""
    if assignment.attempts is AttemptPolicy.LATEST:
        return book.current(assignment)
    picked = {hand_in.attempt_id for hand_in in _pick(book, assignment)}
    return [entry for entry in book.candidates(assignment) if entry.attempt_id in picked]


def due_of(assignment: Assignment, marks: Iterable[Mark]) -> datetime | None:
    """When the student's work is due: the assignment's time, or one of their own."""
    own = [mark.moment for mark in marks if mark.kind is MarkKind.DUE and mark.moment is not None]
    if not own or assignment.due is None:
        return own[-1] if own else assignment.due
    return own[-1].astimezone(assignment.due.tzinfo)  # one zone for all that students read


def handed_in_at(recorded: datetime | None, marks: Iterable[Mark]) -> datetime | None:
    """When it was handed in: what staff say, or else what was recorded."""
    said = [mark.moment for mark in marks if mark.kind is MarkKind.SUBMITTED and mark.moment is not None]
    return said[-1] if said else recorded


def _pick(book: Gradebook, assignment: Assignment) -> list[HandIn]:
    """The hand-in that counts for each student."""
    by_student: dict[str, list[HandIn]] = {}
    for hand_in in book.hand_ins(assignment.id):
        by_student.setdefault(hand_in.student, []).append(hand_in)
    return [_picked(assignment, hand_ins) for hand_ins in by_student.values()]


def _picked(assignment: Assignment, hand_ins: Sequence[HandIn]) -> HandIn:
    chosen = [mark.submission for mark in hand_ins[0].marks if mark.kind is MarkKind.CHOICE]
    for hand_in in hand_ins:
        if hand_in.submission_digest in chosen:
            return hand_in
    if assignment.attempts is AttemptPolicy.BEST:
        return max(hand_ins, key=lambda entry: (_worth(assignment, entry), entry.attempt_id))
    if assignment.attempts is AttemptPolicy.FIRST:
        return min(hand_ins, key=lambda entry: (_moment(entry), entry.first_id))
    return max(hand_ins, key=lambda entry: entry.attempt_id)


def _worth(assignment: Assignment, hand_in: HandIn) -> float:
    """Points of the tests, less what lateness costs without slip days."""
    due, submitted_at = due_of(assignment, hand_in.marks), handed_in_at(hand_in.submitted_at, hand_in.marks)
    if assignment.late is None or due is None or submitted_at is None:
        return hand_in.points
    bare = Grade("", (), hand_in.points, 0.0, hand_in.max_points)
    return with_lateness(bare, assignment.late, lateness(assignment.late, due, submitted_at)).points


def _moment(hand_in: HandIn) -> float:
    return hand_in.submitted_at.timestamp() if hand_in.submitted_at is not None else float("inf")


def _slip_days(
    book: Gradebook, course: Course, assignment: Assignment, recorded: Sequence[RecordedGrade]
) -> dict[str, int]:
    """Slip days that each student uses for this assignment, after those that earlier ones used."""
    if assignment.late is None or not course.slip_days or not assignment.late.slip_days:
        return {}
    needed = {entry.grade.student: _needed(assignment, entry.submitted_at, entry.marks) for entry in recorded}
    others = [load_assignment(course, name) for name in course.assignments if name != assignment.id]
    earlier = [other for other in others if _before(other, assignment)]
    before: dict[str, list[int]] = {student: [] for student in needed}
    for other in sorted(earlier, key=lambda entry: entry.due.timestamp() if entry.due else 0.0):
        for hand_in in _pick(book, other):
            if hand_in.name in before:
                before[hand_in.name].append(_needed(other, hand_in.submitted_at, hand_in.marks))
    return {student: slip_days_used(course.slip_days, [*before[student], days])[-1] for student, days in needed.items()}


def _before(other: Assignment, assignment: Assignment) -> bool:
    if other.due is None or assignment.due is None or other.late is None:
        return False
    return (other.due, other.id) < (assignment.due, assignment.id)


def _needed(assignment: Assignment, recorded_at: datetime | None, marks: Iterable[Mark]) -> int:
    due, submitted_at = due_of(assignment, marks), handed_in_at(recorded_at, marks)
    if assignment.late is None or due is None or submitted_at is None:
        return 0
    return slip_days_needed(assignment.late, (submitted_at - due).total_seconds())


def _nothing_handed_in(assignment: Assignment, student: str, marks: Sequence[Mark]) -> Standing:
    """The grade of a student who has marks and no submission: no points but those of the marks, and nothing open."""
    empty = score(assignment, student, [], ["Nothing was handed in."])
    questions = tuple(msgspec.structs.replace(entry, open_points=0.0) for entry in empty.questions)
    empty = msgspec.structs.replace(empty, questions=questions, open_points=0.0)
    return Standing(with_total(with_marks(empty, marks), marks), None, tuple(marks))

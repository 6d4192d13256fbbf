"""What the reports count, in words and numbers: one grade's remarks and next step, and a class's statistics."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from autograder.model import CaseResult, FeedbackLevel, Grade, Outcome, Question, QuestionGrade
from autograder.report.safe import number
from autograder.rules import Mark
from autograder.scoring import visible

BINS = 10
LOST_NAMED = 2  # questions of which nothing could be graded, named with their reason in the remarks


class Word(NamedTuple):
    """An outcome for people. The symbol is in every font, and never stands without the word."""

    symbol: str
    word: str
    remark: str  # after a number of tests: "2 tests timed out"


WORDS = {
    Outcome.PASSED: Word("✓", "passed", "passed"),
    Outcome.FAILED: Word("✗", "failed", "failed"),
    Outcome.ERROR: Word("✗", "error", "ended in an error"),
    Outcome.TIMEOUT: Word("✗", "timed out", "timed out"),
    Outcome.OUT_OF_MEMORY: Word("✗", "out of memory", "ran out of memory"),
    Outcome.CRASHED: Word("✗", "crashed", "crashed"),
    Outcome.NOT_IMPLEMENTED: Word("○", "not done yet", "not done yet"),
    Outcome.SKIPPED: Word("–", "skipped", "skipped"),
    Outcome.PENDING: Word("…", "pending", "waiting for another run"),
    Outcome.AMBIGUOUS: Word("…", "to be rerun", "to be rerun"),
    Outcome.GRADER_ERROR: Word("!", "grader error", "grader error"),
}


class Difficulty(NamedTuple):
    """How one case went for a class."""

    case: CaseResult  # anybody's
    passed: int
    judged: int  # students whose outcome is known and was not skipped
    others: str  # the outcomes that are not passed, with their numbers

    @property
    def rate(self) -> float:
        """Share that passed, 0 to 1; 1 where nobody was judged."""
        return self.passed / self.judged if self.judged else 1.0


class Duration(NamedTuple):
    """How long one case took, wall clock."""

    case: CaseResult
    median_s: float
    longest_s: float
    student: str  # whose run was the longest


class Misconception(NamedTuple):
    """A known mistake of a question, and whose submissions behave like it."""

    question: Question
    said: str  # completes "The result is what one gets when ..."
    students: list[str]


class HeldBack(NamedTuple):
    """One reason why points are open, and whose."""

    question: Question | None  # None: the whole submission
    test: str  # empty where no test gave a result
    reason: str  # of the first student; the others' may differ in their details
    students: list[str]


class Bin(NamedTuple):
    """Students with points from `low` up to, not including, `high`; the last bin includes its end."""

    low: float
    high: float
    students: int


def visible_grade(grade: Grade, level: FeedbackLevel) -> Grade:
    """`grade` with the feedback that its student may see."""
    questions = tuple(
        msgspec.structs.replace(entry, cases=tuple(visible(case, level) for case in entry.cases))
        for entry in grade.questions
    )
    return msgspec.structs.replace(grade, questions=questions)


def cases_of(grade: Grade) -> Iterator[CaseResult]:
    """All cases in order."""
    for entry in grade.questions:
        yield from entry.cases


def raised(case: CaseResult) -> str:
    """What the student's code raised, where that says more than the message."""
    said = case.feedback
    return "" if case.outcome is Outcome.NOT_IMPLEMENTED or said.error in said.message else said.error


def measured(case: CaseResult) -> str:
    """What a speed check measured, in one line; empty for any other case."""
    speed = case.speed
    if speed is None:
        return ""
    by = "by the mean" if speed.by_mean else "by the median"
    interval = f"99 % interval {_ratio(speed.low)} to {_ratio(speed.high)}"
    times = f"{_milliseconds(speed.student_s)} against {_milliseconds(speed.reference_s)}"
    points = f"full points up to {speed.full:g}, none from {speed.zero:g} on"
    return (
        f"{_ratio(speed.ratio)} times the reference's time, {by} ({interval}, {speed.pairs} pairs, {times}, "
        f"{speed.device}); {points}"
    )


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def diagnosis(case: CaseResult) -> str:
    """The known mistake that the case behaves like, as a sentence; empty if there is none."""
    what = "Your result is what" if case.outcome is Outcome.FAILED else "This is what"
    return f"{what} one gets when {case.feedback.misconception}." if case.feedback.misconception else ""


def next_case(grade: Grade) -> CaseResult | None:
    """The first case that the student can do something about."""
    return next((case for case in cases_of(grade) if case.outcome.acts == "student"), None)


def holders(grade: Grade) -> str:
    """What holds points back, e.g. "2 tests waiting for another run and 1 grader error"; empty if nothing does."""
    judged = [entry for entry in grade.questions if not entry.by_hand]
    counted = Counter(case.outcome for entry in judged for case in entry.cases if not case.outcome.known)
    parts = [_counted(outcome, many) for outcome, many in counted.items()]
    without = sum(1 for entry in judged if entry.open_points and _nothing_counts(entry))
    if without:
        parts.append(f"{without} question{'s' * (without > 1)} without a result")
    waiting = sum(1 for entry in grade.questions if entry.question.manual and entry.open_points)
    if waiting:
        parts.append(f"{waiting} question{'s' * (waiting > 1)} that a person grades")
    return " and ".join(parts)


def remarks(grade: Grade) -> list[str]:
    """What stands out in a grade, one short clause each."""
    said = []
    if grade.open_points or holders(grade):
        said.append(f"held back {number(grade.open_points)}: {holders(grade) or 'no result'}")
    said += [f"−{number(taken.points)} late" for taken in grade.deductions if taken.points]
    cases = list(cases_of(grade))
    message = cases[0].feedback.message if cases else ""
    if len(cases) > 1 and message and all((c.outcome, c.feedback.message) == (Outcome.ERROR, message) for c in cases):
        return [*said, message]  # nothing could be graded, and one line says why
    lost = lost_questions(grade)
    counted = Counter(case.outcome for case in cases if case.question not in lost)
    notable = (Outcome.ERROR, Outcome.TIMEOUT, Outcome.OUT_OF_MEMORY, Outcome.CRASHED, Outcome.NOT_IMPLEMENTED)
    said += [f"{question}: {why}" for question, why in list(lost.items())[:LOST_NAMED]]
    if len(lost) > LOST_NAMED:
        said.append(f"{', '.join(list(lost)[LOST_NAMED:])}: likewise not to be graded")
    return said + [_counted(outcome, counted[outcome]) for outcome in notable if counted[outcome]]


def lost_questions(grade: Grade) -> dict[str, str]:
    """Questions of which nothing could be graded, each with why: all of its cases ended in the same error."""
    lost = {}
    for entry in grade.questions:
        said = {(case.outcome, case.feedback.message) for case in entry.cases}
        if len(entry.cases) > 1 and len(said) == 1 and entry.cases[0].outcome is Outcome.ERROR:
            lost[entry.question.id] = re.split(r"\. |; | \(", entry.cases[0].feedback.message, maxsplit=1)[0]
    return {question: why for question, why in lost.items() if why}


def _counted(outcome: Outcome, many: int) -> str:
    if outcome is Outcome.GRADER_ERROR:
        return f"{many} grader error{'s' * (many > 1)}"
    return f"{many} test{'s' * (many > 1)} {WORDS[outcome].remark}"


def _nothing_counts(entry: QuestionGrade) -> bool:
    return all(case.outcome is Outcome.SKIPPED for case in entry.cases)


def by_hand(entry: QuestionGrade) -> str:
    """What the student reads where a person's word counts; empty where the tests' does."""
    if entry.mark is not None:
        return set_by_staff(entry.mark)
    return "A person gives these points; they have not done so yet." if entry.question.manual else ""


def set_by_staff(mark: Mark) -> str:
    """What the student reads about points that staff set."""
    return f"Points given by staff: {mark.comment}" if mark.comment else "Points given by staff."


# ---- a class


def histogram(grades: Sequence[Grade], max_points: float) -> list[Bin]:
    """Students by points, in ten bins up to the maximum; bonus points beyond it count in the last."""
    width = max_points / BINS or 1.0
    counted = Counter(min(BINS - 1, max(0, int(grade.points / width + 1e-9))) for grade in grades)
    return [Bin(index * width, (index + 1) * width, counted[index]) for index in range(BINS)]


def question_share(question: Question, grades: Iterable[Grade]) -> float | None:
    """Mean share of the question's points, 0 to 1, over students for whom none of them is open; None without any."""
    earned = [
        entry.points / question.points
        for grade in grades
        for entry in grade.questions
        if entry.question.id == question.id and not entry.open_points and question.points
    ]
    return statistics.fmean(earned) if earned else None


def difficulties(grades: Iterable[Grade]) -> list[Difficulty]:
    """All cases that judged somebody, hardest first."""
    by_case = []
    for cases in _by_case(grades).values():
        counted = Counter(case.outcome for _, case in cases if case.outcome.known)
        del counted[Outcome.SKIPPED]
        others = ", ".join(
            f"{many} {WORDS[outcome].remark}"
            for outcome, many in counted.most_common()
            if outcome is not Outcome.PASSED
        )
        if counted.total():
            by_case.append(Difficulty(cases[0][1], counted[Outcome.PASSED], counted.total(), others))
    return sorted(by_case, key=lambda entry: entry.rate)


def misconceptions(grades: Iterable[Grade]) -> list[Misconception]:
    """Known mistakes that submissions behave like, the commonest first; each student counts once."""
    found: dict[tuple[str, str], Misconception] = {}
    for grade in grades:
        for entry in grade.questions:
            for said in dict.fromkeys(case.feedback.misconception for case in entry.cases):
                if said:
                    key = (entry.question.id, said)
                    found.setdefault(key, Misconception(entry.question, said, [])).students.append(grade.student)
    return sorted(found.values(), key=lambda entry: -len(entry.students))


def slowest(grades: Iterable[Grade], count: int = 8) -> list[Duration]:
    """The cases with the longest single run."""
    durations = []
    for cases in _by_case(grades).values():
        student, longest = max(cases, key=lambda entry: entry[1].seconds)
        durations.append(
            Duration(longest, statistics.median(case.seconds for _, case in cases), longest.seconds, student)
        )
    return sorted(durations, key=lambda entry: -entry.longest_s)[:count]


def held_back(grades: Iterable[Grade]) -> tuple[list[HeldBack], list[HeldBack]]:
    """Faults for staff to mend, and what only must be run again; the commonest first."""
    faults: dict[tuple[str, str, str], HeldBack] = {}
    reruns: dict[tuple[str, str, str], HeldBack] = {}
    for grade in grades:
        for found, message, is_rerun in _held_back(grade):
            key = (found.question.id if found.question else "", found.test, message)
            (reruns if is_rerun else faults).setdefault(key, found).students.append(grade.student)
    return _commonest(faults), _commonest(reruns)


def _held_back(grade: Grade) -> Iterator[tuple[HeldBack, str, bool]]:
    """Each reason, what to group it by, and whether another run is all that it takes."""
    if grade.held_back and not any(entry.cases for entry in grade.questions):
        reason = grade.notes[-1] if grade.notes else "no test gave a result"
        yield HeldBack(None, "", reason, []), reason, False
        return
    for entry in grade.questions:
        if entry.by_hand:
            continue
        if entry.open_points and _nothing_counts(entry):
            yield HeldBack(entry.question, "", "no test gave a result", []), "", False
        for case in entry.cases:
            if not case.outcome.known:
                said = " ".join((case.feedback.message, case.feedback.detail)).strip() or WORDS[case.outcome].word
                is_rerun = case.outcome.acts == "rerun"
                yield HeldBack(entry.question, case.name, said, []), case.feedback.message, is_rerun


def _commonest(groups: dict[tuple[str, str, str], HeldBack]) -> list[HeldBack]:
    return sorted(groups.values(), key=lambda entry: -len(entry.students))


def _by_case(grades: Iterable[Grade]) -> dict[tuple[str, str], list[tuple[str, CaseResult]]]:
    """Students and their results by question and name of the case, in the order of the suite."""
    by_case: dict[tuple[str, str], list[tuple[str, CaseResult]]] = {}
    for grade in grades:
        for case in cases_of(grade):
            by_case.setdefault((case.question, case.name), []).append((grade.student, case))
    return by_case

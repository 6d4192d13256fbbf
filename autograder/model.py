"""The words of the engine as frozen values; no input, no output.

An *assignment* has *questions*; a *submission* is graded by *cases* (one test each); every case has an
*outcome*; a question's points follow from its cases, and a *grade* adds them up.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from autograder.rules import AttemptPolicy, LatePolicy, Mark
from autograder.speed_rules import SpeedCheck, SpeedResult


class Outcome(StrEnum):
    """How one case ended."""

    PASSED = "passed"
    FAILED = "failed"  # the answer is wrong
    ERROR = "error"  # the student's code raised, or gave no valid answer
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"  # the student's process ended, or broke a limit other than time and memory
    NOT_IMPLEMENTED = "not_implemented"
    SKIPPED = "skipped"
    PENDING = "pending"  # needs hardware that is not here
    AMBIGUOUS = "ambiguous"  # a speed check that must be run again
    GRADER_ERROR = "grader_error"  # the grader's own fault

    @property
    def acts(self) -> str:
        """Who acts on it: `nobody`, `student`, `staff` or `rerun`."""
        if self in (Outcome.PASSED, Outcome.SKIPPED):
            return "nobody"
        if self in (Outcome.PENDING, Outcome.AMBIGUOUS):
            return "rerun"
        return "staff" if self is Outcome.GRADER_ERROR else "student"

    @property
    def known(self) -> bool:
        """Whether the case's points are settled."""
        return self not in (Outcome.PENDING, Outcome.AMBIGUOUS, Outcome.GRADER_ERROR)


class Visibility(StrEnum):
    """Whether students have the test's source."""

    PUBLIC = "public"
    HIDDEN = "hidden"


class FeedbackLevel(StrEnum):
    """How much of a hidden case students may see; each level adds to the one before."""

    NAME = "name"  # what the case checks, and its outcome
    HINT = "hint"  # what kind of difference, the lines of their own code, the hint
    FULL = "full"  # the values: expected, got, messages of their exceptions, their output


class Limits(msgspec.Struct, frozen=True):
    """What the student's code may use in one test."""

    seconds: float = 5.0  # of one test, all its calls together: wall clock, less what a busy machine kept from it
    import_seconds: float = 10.0  # of importing the student's file, measured likewise
    memory_bytes: int = 1 << 30  # all processes of the worker together
    processes: int = 32  # processes and threads of the worker together
    file_bytes: int = 16 << 20  # the largest file that can be written
    open_files: int = 64
    output_bytes: int = 1 << 20  # standard output and error together
    answer_bytes: int = 256 << 20  # one answer over the wire


class Question(msgspec.Struct, frozen=True):
    """One question of an assignment; `points` are for all its cases together."""

    id: str
    title: str
    points: float
    file: str  # the file that students fill in, e.g. "losses.py"
    limits: Limits
    bonus: bool = False
    manual: bool = False  # a person gives the points; tests, if it has any, only inform
    hints: tuple[str, ...] = ()  # for a student who asks, from the general to the particular
    forbidden_operations: tuple[str, ...] = ()  # of torch: patterns like "*conv*", and the word "autograd"
    speed: SpeedCheck | None = None

    @property
    def module(self) -> str:
        """The module's name, e.g. `losses`."""
        return self.file.removesuffix(".py").replace("/", ".")


class FeedbackPolicy(msgspec.Struct, frozen=True):
    """What students see of hidden cases."""

    before_due: FeedbackLevel = FeedbackLevel.HINT
    after_due: FeedbackLevel = FeedbackLevel.FULL


class Assignment(msgspec.Struct, frozen=True):
    """One lab: its questions and rules. `folder` is trusted, `solutions` and `template` belong to the same course."""

    id: str
    title: str
    folder: Path
    solutions: Path
    template: Path
    questions: tuple[Question, ...]
    due: datetime | None = None
    feedback: FeedbackPolicy = FeedbackPolicy()
    seed: int = 0
    preload: tuple[str, ...] = ("numpy",)  # modules that the warm parent imports
    forbidden_imports: tuple[str, ...] = ()
    late: LatePolicy | None = None
    attempts: AttemptPolicy = AttemptPolicy.LATEST

    @property
    def files(self) -> tuple[str, ...]:
        """The files that students fill in, in the order of the questions."""
        return tuple(dict.fromkeys(question.file for question in self.questions))

    @property
    def max_points(self) -> float:
        """Points of the questions that are not bonus."""
        return sum(question.points for question in self.questions if not question.bonus)

    def question(self, question_id: str) -> Question:
        """The question with this id.

        Raises:
            KeyError: there is none.
        """
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def feedback_level(self, now: datetime) -> FeedbackLevel:
        """What hidden cases may show at `now` (time-zone aware)."""
        if self.due is not None and now >= self.due:
            return self.feedback.after_due
        return self.feedback.before_due


class Cell(msgspec.Struct, frozen=True):
    """One code cell of a notebook, counted from 1 over all its cells."""

    number: int
    source: str


class Submission(msgspec.Struct, frozen=True):
    """What one student handed in, read into memory; paths are relative, with forward slashes."""

    student: str
    files: dict[str, bytes] = {}
    cells: tuple[Cell, ...] = ()  # of the student's notebook, if that is what was handed in
    notes: tuple[str, ...] = ()  # what reading left out or renamed; the student reads these
    problem: str = ""  # why nothing can be graded; the student reads this too

    @property
    def digest(self) -> str:
        """SHA-256 over everything that can change the grade, in hexadecimal."""
        digest = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            digest.update(f"file {path} {len(content)}\n".encode())
            digest.update(content)
        for cell in self.cells:
            source = cell.source.encode("utf-8", "surrogatepass")
            digest.update(f"cell {cell.number} {len(source)}\n".encode())
            digest.update(source)
        digest.update(self.problem.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


class Frame(msgspec.Struct, frozen=True):
    """One line of a student's traceback."""

    file: str
    line: int
    function: str
    source: str = ""


class Feedback(msgspec.Struct, frozen=True):
    """Why a case did not pass.

    `message`, `hint` and `misconception` hold no hidden value; `detail`, `error` and `output` may.
    """

    message: str = ""  # one line: what is wrong, e.g. "dlogits has shape (4,), expected (4, 3)"
    detail: str = ""  # the values: first differing index, expected, got
    hint: str = ""
    error: str = ""  # "ValueError: ..." as the student's code raised it
    frames: tuple[Frame, ...] = ()  # the student's own lines, outermost first
    output: str = ""  # what the student's code printed during the case
    test: str = ""  # the line of a public test that did not hold, e.g. "tests/public/test_losses.py:27"
    misconception: str = ""  # completes "This is what one gets when ..."; the hint is then the one against it


TIMED = "speed/"  # how names of speed checks begin


class CaseResult(msgspec.Struct, frozen=True):
    """The outcome of one case for one submission."""

    question: str
    name: str  # e.g. "test_losses.py::test_zero_logits"
    title: str  # the first line of the test's docstring
    visibility: Visibility
    outcome: Outcome
    weight: float = 1.0
    seconds: float = 0.0  # wall clock, the student's and the suite's together
    feedback: Feedback = Feedback()
    speed: SpeedResult | None = None  # of a speed check that measured something

    @property
    def is_timed(self) -> bool:
        """Whether it is a speed check."""
        return self.name.startswith(TIMED)

    @property
    def earned(self) -> float:
        """The share of the case's points that it earned so far: 0 or 1, of a speed check anything between, or more."""
        if self.speed is not None and self.outcome.known:
            return self.speed.earned
        return 1.0 if self.outcome is Outcome.PASSED else 0.0


class QuestionGrade(msgspec.Struct, frozen=True):
    """Points of one question: `points` is what is certain, up to `points + open_points` are still possible."""

    question: Question
    points: float
    open_points: float
    cases: tuple[CaseResult, ...]
    mark: Mark | None = None  # by which staff set the points

    @property
    def by_hand(self) -> bool:
        """Whether a person's word counts and not the tests'."""
        return self.question.manual or self.mark is not None


class Deduction(msgspec.Struct, frozen=True):
    """Points that were taken off the sum of the questions, and why; the student reads this."""

    points: float
    reason: str


class Grade(msgspec.Struct, frozen=True):
    """Points of one submission."""

    student: str
    questions: tuple[QuestionGrade, ...]
    points: float
    open_points: float  # held back by grader errors and pending cases; never a student's zero
    max_points: float
    notes: tuple[str, ...] = ()
    deductions: tuple[Deduction, ...] = ()  # already taken off `points`
    mark: Mark | None = None  # by which staff set the total
    excused: bool = False  # counts for nothing, neither for nor against the student

    @property
    def settled(self) -> bool:
        """Whether no case waits for staff or a rerun."""
        return all(case.outcome.known for entry in self.questions for case in entry.cases if not entry.by_hand)

    @property
    def held_back(self) -> float:
        """Points that wait for another run or for staff to mend a fault; not those that a person has yet to give."""
        return (
            sum(entry.open_points for entry in self.questions if not entry.question.manual) if self.open_points else 0.0
        )

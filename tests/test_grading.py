"""The path of a batch: what is read when, what is counted, and the reference that proves the suite."""

import json
import sqlite3
from io import StringIO
from pathlib import Path

import msgspec
import pytest

from autograder.batch import Graded, this_node
from autograder.course import load_assignment, load_course
from autograder.errors import CourseError
from autograder.grading import Outcomes, grade_batch, reference_submission
from autograder.model import (
    CaseResult,
    Grade,
    Limits,
    Outcome,
    Question,
    QuestionGrade,
    Submission,
    Visibility,
)
from autograder.terminal.batch import BatchDisplay, JsonLines
from autograder.terminal.tally import Tally
from autograder.worker.isolation import isolation
from autograder.worker.messages import Grade as Sandbox

NESTED = "title: Nested\nquestions:\n  - {id: '1', title: One, file: parts/work.py, points: 1}\n"


class PassingExecutor:
    """Passes every submission the moment it has it; `log` gets what it does."""

    def __init__(self, log: list[str]) -> None:
        self.broken: dict[str, str] = {}
        self.log = log

    def run(self, plan, submissions):
        for submission in submissions:
            self.log.append(f"run {submission.student}")
            cases = [
                CaseResult(question, f"test_{question}", "x", Visibility.HIDDEN, Outcome.PASSED)
                for question in ("1", "2")
            ]
            yield Graded(submission, cases, 0.0)


def hand_in(folder: Path, *students: str) -> Path:
    for student in students:
        (folder / student).mkdir(parents=True)
        (folder / student / "work.py").write_text(f"# {student}\n")
    return folder


@pytest.fixture
def batch(make_course, tmp_path, monkeypatch):
    """Grades everything in `in/`; returns the outcomes and, in order, what was done."""
    course = load_course(make_course())

    def grade():
        from autograder import jobs

        log: list[str] = []

        def read_submission(entry, assignment):
            log.append(f"read {entry.student}")
            return original(entry, assignment)

        with monkeypatch.context() as patched:
            original = jobs.read_submission
            patched.setattr(jobs, "read_submission", read_submission)
            outcomes = grade_batch(
                course,
                "tiny",
                [tmp_path / "in"],
                gradebook=tmp_path / "gradebook.db",
                executor=PassingExecutor(log),
                held=isolation(Sandbox.LIMITS),
                on_start=lambda total: log.append(f"start {total}"),
                on_grade=lambda grade, graded: log.append(f"grade {grade.student}"),
                on_skip=lambda student: log.append(f"skip {student}"),
            )
        return outcomes, log

    return grade


def test_one_submission_is_read_at_a_time(batch, tmp_path):
    """Each is read when the executor asks for it, after the one before was graded: a class never lies in memory."""
    hand_in(tmp_path / "in", "ann", "bob")
    outcomes, log = batch()
    assert log == ["start 2", "read ann", "run ann", "grade ann", "read bob", "run bob", "grade bob"]
    assert (len(outcomes.graded), outcomes.skipped) == (2, 0)


def test_unchanged_submissions_are_skipped_one_by_one(batch, tmp_path):
    """The start counts all; each is then graded or skipped, and the end counts those skipped."""
    hand_in(tmp_path / "in", "ann", "bob", "cem")
    batch()
    (tmp_path / "in" / "bob" / "work.py").write_text("# another\n")
    outcomes, log = batch()
    assert log == ["start 3", "read ann", "skip ann", "read bob", "run bob", "grade bob", "read cem", "skip cem"]
    assert ([grade.student for grade in outcomes.graded], outcomes.skipped) == (["bob"], 2)


def test_a_changed_reference_grades_everything_again(batch, make_course, tmp_path):
    """It may pass other cases now, and these judge."""
    hand_in(tmp_path / "in", "ann")
    batch()
    with (tmp_path / "course" / "solutions" / "tiny" / "work.py").open("a") as stream:
        stream.write("\n# mended\n")
    outcomes, _ = batch()
    assert (len(outcomes.graded), outcomes.skipped) == (1, 0)


def test_the_reference_is_read_as_a_submission_is(make_course):
    """Question files and what they import, at any depth, without caches and hidden files."""
    folder = make_course(assignment=NESTED)
    solutions = folder.parent / "solutions" / "tiny"
    for name in ("parts/work.py", "parts/deep/more.py", "helpers.py", ".old/work.py", "__pycache__/x.py", "notes.txt"):
        (solutions / name).parent.mkdir(parents=True, exist_ok=True)
        (solutions / name).write_text(f"# {name}\n")
    reference = reference_submission(load_assignment(load_course(folder), "tiny"))
    assert reference.student == "reference"
    assert sorted(reference.files) == ["helpers.py", "parts/deep/more.py", "parts/work.py", "work.py"]
    assert reference.files["parts/work.py"] == b"# parts/work.py\n"


def test_a_nested_file_that_the_reference_lacks(make_course):
    """A file of that name in another folder is not it."""
    folder = make_course(assignment=NESTED)  # the reference holds work.py at the top
    with pytest.raises(CourseError, match=r"tiny: parts/work\.py missing; the reference proves the suite"):
        reference_submission(load_assignment(load_course(folder), "tiny"))


def test_what_is_shown_counts_unchanged_submissions(make_course, tmp_path, capsys):
    """The bar passes them, the last lines count them; JSON has them in its last line only."""
    assignment = load_assignment(load_course(make_course()), "tiny")
    outcomes = Outcomes([], 2, {}, None)
    stream = StringIO()
    for display in (BatchDisplay(assignment), JsonLines(stream)):
        with display:
            display.start(2)
            display.skip("ann")
            display.skip("bob")
            if isinstance(display, BatchDisplay):
                (task,) = display._progress.tasks
                assert (task.completed, task.total, task.fields["last"]) == (2, 2, "bob")
        display.finish(outcomes, tmp_path / "gradebook.db")
    shown = capsys.readouterr().out.splitlines()
    assert shown[:2] == ["Ones and twos (2 submissions)", "0 graded, 2 unchanged"]
    start, end = map(json.loads, stream.getvalue().splitlines())
    assert start == {"event": "start", "total": 2}
    assert (end["event"], end["graded"], end["unchanged"]) == ("end", 0, 2)


def graded_on(name, fault=""):
    """A grade and how it came about, on a machine of that name; on this one without a name."""
    submission = Submission("ann")
    here = this_node("limits")
    node = msgspec.structs.replace(here, name=name) if name else None
    return Grade("ann", (), 0.0, 0.0, 0.0), Graded(submission, [], 0.25, fault, node=node)


def test_progress_tells_rate_faults_and_machines(monkeypatch):
    """Submissions a minute since the start, what is left at that rate, faults of the grader's, and each machine's load."""
    now = [100.0]
    monkeypatch.setattr("autograder.terminal.tally.time.monotonic", lambda: now[0])
    tally = Tally()
    tally.start(10)
    assert (tally.remaining_s, tally.line(), tally.nodes) == (None, "", {})
    now[0] += 30
    tally.grade(*graded_on(""))
    tally.skip()
    assert (tally.per_minute, tally.remaining_s, tally.line()) == (2.0, 240.0, "2/min")
    tally.slots = lambda: {"n1": 4, "n2": 3}
    tally.grade(*graded_on("n2", "the suite process was lost 2 times"))
    tally.grade(*graded_on("n3"))
    tally.grade(*graded_on("n2"))
    assert tally.line() == "8/min  1 grader fault  n1 0 on 4  n2 2 on 3  n3 1 on 0"
    assert tally.event() == {
        "event": "progress",
        "done": 5,
        "total": 10,
        "faults": 1,
        "per_minute": 8.0,
        "remaining_s": 37.5,
        "nodes": {"n1": {"done": 0, "slots": 4}, "n2": {"done": 2, "slots": 3}, "n3": {"done": 1, "slots": 0}},
    }


def test_a_case_that_the_grader_failed_on_counts_as_its_fault():
    """Though the suite process lived."""
    question = Question("1", "One", 1.0, "work.py", Limits())
    case = CaseResult("1", "test_1", "x", Visibility.HIDDEN, Outcome.GRADER_ERROR)
    grade, graded = graded_on("")
    tally = Tally()
    tally.start(1)
    tally.grade(msgspec.structs.replace(grade, questions=(QuestionGrade(question, 0.0, 1.0, (case,)),)), graded)
    assert tally.faults == 1


def test_json_lines_name_the_machine_and_tell_progress_now_and_then():
    """Each grade's node and seconds; a line on progress no more often than it should be."""
    stream = StringIO()
    with JsonLines(stream, every_s=0.0) as often:
        often.start(3)
        often.note("n2 is not used")
        often.grade(*graded_on("n1"))
        often.skip("bob")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["start", "note", "grade", "progress", "progress"]
    assert (lines[2]["node"], lines[2]["seconds"]) == ("n1", 0.25)
    assert [line["done"] for line in lines[3:]] == [1, 2]
    stream = StringIO()
    with JsonLines(stream) as seldom:
        seldom.start(3)
        seldom.grade(*graded_on(""))
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["start", "grade"]
    assert json.loads(stream.getvalue().splitlines()[1])["node"] is None


def test_the_bar_is_silent_without_a_terminal(make_course, capsys):
    """Notes are not: staff should know of a machine that is not used."""
    with BatchDisplay(load_assignment(load_course(make_course()), "tiny")) as display:
        display.start(2)
        display.note("n2 is not used")
        display.grade(*graded_on("n1"))
        (task,) = display._progress.tasks
        assert task.fields["last"].endswith("n1 1 on 0  ann")
    assert capsys.readouterr() == ("Ones and twos (2 submissions)\n", "note: n2 is not used\n")


def test_a_grade_is_recorded_with_the_machine_that_it_ran_on(batch, make_course, tmp_path, monkeypatch):
    """Its versions, its name and what its sandbox held; without one, this machine's."""
    hand_in(tmp_path / "in", "ann", "bob")
    here = this_node("limits")
    kernel = msgspec.structs.replace(here.isolation, landlock_abi=99)
    node = msgspec.structs.replace(here, name="n7", versions={**here.versions, "platform": "Other-1"}, isolation=kernel)
    original = PassingExecutor.run

    def run(self, plan, submissions):
        for graded in original(self, plan, submissions):
            yield msgspec.structs.replace(graded, node=node) if graded.submission.student == "ann" else graded

    monkeypatch.setattr(PassingExecutor, "run", run)
    batch()
    with sqlite3.connect(tmp_path / "gradebook.db") as book:
        rows = dict(book.execute("SELECT name, versions || isolation FROM attempt NATURAL JOIN roster"))
    book.close()
    assert all(text in rows["ann"] for text in ("n7", "Other-1", "99"))
    assert not any(text in rows["bob"] for text in ("n7", "Other-1"))


def test_a_single_submission_is_no_plural(make_course, capsys):
    """1 submission."""
    display = BatchDisplay(load_assignment(load_course(make_course()), "tiny"))
    display.start(1)
    assert capsys.readouterr().out == "Ones and twos (1 submission)\n"

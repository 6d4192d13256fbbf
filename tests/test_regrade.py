"""After a change to the suite: what is run again, who moves, what a grade stands at; and the commands for it."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from autograder.batch import Graded
from autograder.cli import main
from autograder.course import load_assignment, load_course, suite_digest
from autograder.digests import question_digests
from autograder.gradebook import Gradebook, Origin
from autograder.grading import grade_batch
from autograder.model import CaseResult, Outcome, Submission, Visibility
from autograder.regrading import regrade
from autograder.rules import Mark, MarkKind
from autograder.standing import standings
from autograder.worker.isolation import isolation
from autograder.worker.messages import Grade

NO_SANDBOX = isolation().grade == "limits"
HELD = isolation(Grade.LIMITS)
LATE = "due: 2026-10-01T12:00:00+00:00\nlate: {take: 10%, slip_days: 2}\n"
YAML = """title: Ones and twos
seed: 5
questions:
  - {id: "1", title: One, file: work.py, points: 2}
  - {id: "2", title: Two, file: work.py, points: 4}
"""
RIGHT = "def one():\n    return 1\n\n\ndef two(x):\n    return 2 * x\n"
WRONG = "def one():\n    return 1\n\n\ndef two(x):\n    return 3 * x\n"


class FakeExecutor:
    """Passes what `verdict(submission, question)` says; `ran` gets every question that was run."""

    def __init__(self, verdict=lambda submission, question: True):
        self.broken = {}
        self.verdict = verdict
        self.ran = []

    def run(self, plan, submissions):
        for submission in submissions:
            questions = plan.only.get(submission.student, ("1", "2"))
            self.ran += questions
            cases = [
                CaseResult(
                    question,
                    f"test_{question}",
                    "x",
                    Visibility.HIDDEN,
                    Outcome.PASSED if self.verdict(submission, question) else Outcome.FAILED,
                )
                for question in questions
            ]
            yield Graded(submission, cases, 0.0)


def hand_in(folder, **students):
    for name, source in students.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "work.py").write_text(source)
    return folder


@pytest.fixture
def path(tmp_path):
    return tmp_path / "grades" / "gradebook.db"


@pytest.fixture
def course(make_course, tmp_path, path):
    """A course whose submissions of ann and bob are graded; bob's question 2 is wrong."""
    course = load_course(make_course(assignment=YAML))
    hand_in(tmp_path / "in", ann=RIGHT, bob=WRONG)
    grade(course, tmp_path, path)
    return course


def grade(course, tmp_path, path, executor=None, **options):
    executor = executor or FakeExecutor(
        lambda submission, question: question == "1" or b"2 *" in submission.files["work.py"]
    )
    return grade_batch(course, "tiny", [tmp_path / "in"], gradebook=path, executor=executor, held=HELD, **options)


def again(course, path, executor, **options):
    return regrade(course, "tiny", gradebook=path, executor=executor, held=HELD, **options)


def edit(course, name, old, new):
    file = course.folder / "tiny" / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def attempts(path, course, student):
    with Gradebook.open(path) as book:
        return book.history(load_assignment(course, "tiny"), student)


# ---- which questions changed


def changed(course, name, old, new):
    """The questions whose digest an edit changes."""
    before = question_digests(load_assignment(course, "tiny"))
    edit(course, name, old, new)
    after = question_digests(load_assignment(course, "tiny"))
    return [question for question in after if before[question] != after[question]]


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("tests/hidden/test_work.py", "size=3", "size=4", ["2"]),
        ("tests/public/test_work.py", "1.0", "1", ["1"]),
        ("assignment.yaml", "points: 4}", "points: 5}", []),
        ("assignment.yaml", "title: Two", "title: Double", []),
        ("assignment.yaml", "points: 4}", "points: 4, limits: {seconds: 9}}", ["2"]),
        ("assignment.yaml", "seed: 5", "seed: 6", ["1", "2"]),
        ("assignment.yaml", "title: Ones and twos\n", "title: Ones and twos\ndue: 2026-10-01T12:00:00+02:00\n", []),
        ("../../solutions/tiny/work.py", "x + x", "2 * x", ["1", "2"]),
    ],
)
def test_a_change_concerns_its_questions_alone(make_course, name, old, new, expected):
    """A test file's questions; a limit's question; everybody's for a seed or the shared reference; none for points."""
    assert changed(load_course(make_course(assignment=YAML)), name, old, new) == expected


def test_what_a_test_imports_belongs_to_it(make_course):
    """An oracle concerns those who import it, through others too; one that nobody imports by name concerns all."""
    folder = make_course(assignment=YAML)
    tests = folder / "tiny" / "tests"
    for name in ("oracle.py", "deeper.py", "loose.py"):
        (tests / "hidden" / name).write_text("X = 1\n")
    (tests / "hidden" / "oracle.py").write_text("from deeper import X\n")
    hidden = tests / "hidden" / "test_work.py"
    hidden.write_text("import oracle\n" + hidden.read_text())
    course = load_course(folder)
    assert changed(course, "tests/hidden/deeper.py", "X = 1", "X = 2") == ["2"]
    assert changed(course, "tests/hidden/oracle.py", "import X", "import X as Y") == ["2"]
    assert changed(course, "tests/hidden/loose.py", "X = 1", "X = 2") == ["1", "2"]


@pytest.mark.parametrize("mark", ["pytestmark = [question(name) for name in 'a']\n", "def broken(:\n"])
def test_a_test_file_that_cannot_be_told_concerns_all(make_course, mark):
    """A computed mark, or a file that does not parse."""
    folder = make_course(assignment=YAML)
    (folder / "tiny" / "tests" / "public" / "test_more.py").write_text(mark)
    assert changed(load_course(folder), "tests/public/test_more.py", mark, mark + "\n# more\n") == ["1", "2"]


# ---- regrading


def test_only_the_changed_question_is_run_again(course, path):
    """The other's cases are taken over; the chain holds, and the new attempt says where they ran."""
    edit(course, "tests/hidden/test_work.py", "size=3", "size=4")
    executor = FakeExecutor()
    regraded = again(course, path, executor)
    assert executor.ran == ["2", "2"]
    assert [(m.student, m.points, m.questions) for m in sorted(regraded.moves, key=lambda m: m.student)] == [
        ("ann", 0.0, []),
        ("bob", 4.0, [("2", 4.0)]),
    ]
    first, second = attempts(path, course, "bob")
    assert (second.source, second.grade.points) == ("regrade", 6.0)
    assert second.grade.questions[0].cases == first.grade.questions[0].cases
    with Gradebook.open(path) as book:
        assert book.check().problems == ()
        row = book._connection.execute("SELECT ran_in FROM question_result WHERE attempt_id = ?", (second.attempt_id,))
        assert [entry[0] for entry in row] == [first.attempt_id, None]


def test_a_dry_run_writes_nothing(course, path):
    """And says the same."""
    edit(course, "tests/hidden/test_work.py", "size=3", "size=4")
    regraded = again(course, path, FakeExecutor(), dry_run=True)
    assert sorted(move.points for move in regraded.moves) == [0.0, 4.0]
    assert len(attempts(path, course, "bob")) == 1


def test_other_points_need_no_run(course, path):
    """Cases hold; the points follow, once."""
    edit(course, "assignment.yaml", "points: 4}", "points: 8}")
    for expected in ([0.0, 4.0], [0.0, 0.0]):
        executor = FakeExecutor()
        regraded = again(course, path, executor)
        assert (executor.ran, regraded.unchanged) == ([], 2)
        assert sorted(move.points for move in regraded.moves) == expected
    assert [len(attempts(path, course, name)) for name in ("ann", "bob")] == [2, 2]  # 10 is another maximum for both


def test_nothing_changed_nothing_is_written(course, path):
    """A second regrade is idle."""
    executor = FakeExecutor()
    assert again(course, path, executor).unchanged == 2
    assert (executor.ran, len(attempts(path, course, "ann"))) == ([], 1)


def test_everything_and_some_students(course, path):
    """What is asked for is run, for whom it is asked."""
    executor = FakeExecutor()
    regraded = again(course, path, executor, students=["bob"], everything=True)
    assert executor.ran == ["1", "2"]
    assert [move.student for move in regraded.moves] == ["bob"]


def test_a_submission_that_was_not_kept_is_listed(course, path):
    """None is dropped without a word."""
    with Gradebook.open(path) as book:
        book._connection.execute("DELETE FROM submission")
    edit(course, "tests/hidden/test_work.py", "size=3", "size=4")
    regraded = again(course, path, FakeExecutor())
    assert (sorted(regraded.lost), regraded.moves) == (["ann", "bob"], [])


def test_an_erased_student_is_left_alone(course, path):
    """A regrade makes no new student of the random id."""
    with Gradebook.open(path) as book:
        book.erase("bob")
    edit(course, "assignment.yaml", "points: 4}", "points: 8}")
    assert [move.student for move in again(course, path, FakeExecutor()).moves] == ["ann"]
    with Gradebook.open(path) as book:
        assert book.students() == ["ann"]


def test_a_mark_outlives_a_regrade(course, path):
    """Points that staff gave stay, whatever the tests say now."""
    with Gradebook.open(path) as book:
        book.add_mark("tiny", "bob", Mark(MarkKind.POINTS, "prof", "w", "2", points=3.0))
    edit(course, "tests/hidden/test_work.py", "size=3", "size=4")
    moves = {move.student: move for move in again(course, path, FakeExecutor()).moves}
    assert (moves["bob"].before.points, moves["bob"].after.points) == (5.0, 5.0)


def test_grading_the_same_files_again_runs_only_what_changed(course, path, tmp_path):
    """`grade` spares the unchanged questions, too; with --again it does not."""
    edit(course, "tests/hidden/test_work.py", "size=3", "size=4")
    executor = FakeExecutor()
    outcomes = grade(course, tmp_path, path, executor)
    assert (executor.ran, len(outcomes.graded)) == (["2", "2"], 2)
    executor = FakeExecutor()
    assert grade(course, tmp_path, path, executor).skipped == 2
    grade(course, tmp_path, path, executor, again=True)
    assert executor.ran == ["1", "2", "1", "2"]


def test_a_return_to_an_earlier_submission_needs_no_run(course, path, tmp_path):
    """Its cases hold, and it is the current one again."""
    hand_in(tmp_path / "in", ann=WRONG)
    grade(course, tmp_path, path)
    hand_in(tmp_path / "in", ann=RIGHT)
    executor = FakeExecutor()
    outcomes = grade(course, tmp_path, path, executor)
    assert (executor.ran, [g.points for g in outcomes.graded]) == ([], [6.0])
    assert [a.grade.points for a in attempts(path, course, "ann")] == [6.0, 2.0, 6.0]


# ---- what a grade stands at


def record(book, assignment, student, digest, points, submitted_at):
    from autograder.scoring import score

    cases = [
        CaseResult(question, "t", "x", Visibility.HIDDEN, Outcome.PASSED if passed else Outcome.FAILED)
        for question, passed in zip(("1", "2"), points, strict=True)
    ]
    book.record(
        assignment.id,
        score(assignment, student, cases),
        submission_digest=digest,
        suite_digest="s",
        profile="cpu",
        seed=5,
        versions={},
        isolation={},
        seconds=0.0,
        origin=Origin(submission=Submission(student, {"work.py": digest.encode()}), submitted_at=submitted_at),
    )


def at(day, hour=12):
    return datetime(2026, 10, day, hour, tzinfo=UTC)


@pytest.fixture
def three(make_course, path):
    """ann's three hand-ins: half in time, all a day late, none two days late."""

    def make(policy, slip_days=0):
        folder = make_course(assignment=LATE + f"attempts: {policy}\n" + YAML)
        (folder / "course.yaml").write_text(f"title: T\nassignments: [tiny]\nslip_days: {slip_days}\n")
        course = load_course(folder)
        assignment = load_assignment(course, "tiny")
        book = Gradebook.open(path)
        record(book, assignment, "ann", "a", (True, False), at(1))
        record(book, assignment, "ann", "b", (True, True), at(2))
        record(book, assignment, "ann", "c", (False, False), at(3))
        return book, course, assignment

    return make


@pytest.mark.parametrize(("policy", "points"), [("latest", 0.0), ("best", 5.4), ("first", 2.0)])
def test_the_policy_chooses_the_attempt(three, policy, points):
    """The latest; the best after what lateness costs; the first."""
    book, course, assignment = three(policy)
    with book:
        (standing,) = standings(book, course, assignment)
        assert standing.grade.points == pytest.approx(points, abs=1e-12)  # 6 less a tenth


@pytest.mark.parametrize("policy", ["latest", "best", "first"])
def test_staff_choose_over_any_policy(three, policy):
    """And may take it back."""
    book, course, assignment = three(policy)
    with book:
        before = standings(book, course, assignment)[0].grade.points
        book.add_mark("tiny", "ann", Mark(MarkKind.CHOICE, "prof", "w", submission="b"))
        assert standings(book, course, assignment)[0].grade.points == pytest.approx(5.4)
        book.add_mark("tiny", "ann", Mark(MarkKind.CHOICE, "prof", "w"))
        assert standings(book, course, assignment)[0].grade.points == before


def test_an_extension_needs_no_grading(three):
    """The same attempt, in time."""
    book, course, assignment = three("best")
    with book:
        book.add_mark("tiny", "ann", Mark(MarkKind.DUE, "prof", "ill", moment=at(2)))
        (standing,) = standings(book, course, assignment)
        assert (standing.grade.points, standing.grade.deductions) == (6.0, ())


def test_a_hand_in_time_can_be_corrected(three):
    """The platform was down."""
    book, course, assignment = three("best")
    with book:
        book.add_mark("tiny", "ann", Mark(MarkKind.SUBMITTED, "prof", "outage", moment=at(1, 11)))
        assert standings(book, course, assignment)[0].grade.deductions == ()


def test_slip_days_take_the_penalty(three):
    """They are used without being asked for, and the report says so."""
    book, course, assignment = three("best", slip_days=1)
    with book:
        (standing,) = standings(book, course, assignment)
        assert standing.grade.points == 6.0
        assert standing.grade.deductions[0].reason.endswith("; 1 slip day used")


def test_slip_days_are_used_up_in_the_order_of_due_times(make_course, path):
    """An earlier lab's lateness leaves fewer for this one."""
    folder = make_course(assignment=LATE + YAML)
    (folder / "course.yaml").write_text("title: T\nassignments: [tiny, zero]\nslip_days: 2\n")
    (folder / "zero").mkdir()
    (folder / "zero" / "assignment.yaml").write_text(LATE.replace("-10-01", "-09-01") + YAML)
    course = load_course(folder)
    tiny, zero = (load_assignment(course, name) for name in ("tiny", "zero"))
    with Gradebook.open(path) as book:
        record(book, zero, "ann", "z", (True, True), datetime(2026, 9, 2, 6, tzinfo=UTC))
        record(book, tiny, "ann", "t", (True, True), at(3))
        assert standings(book, course, zero)[0].late.slip_days == 1
        (standing,) = standings(book, course, tiny)
        assert (standing.late.slip_days, standing.grade.points) == (1, pytest.approx(5.4))


def test_points_without_a_submission_count(course, path):
    """An oral exam; nothing is open, and an excuse is no zero."""
    assignment = load_assignment(course, "tiny")
    with Gradebook.open(path) as book:
        book.add_mark("tiny", "cem", Mark(MarkKind.POINTS, "prof", "oral", points=5.0))
        book.add_mark("tiny", "dee", Mark(MarkKind.EXCUSED, "prof", "ill", excused=True))
        book.add_mark("tiny", "eve", Mark(MarkKind.DUE, "prof", "ill", moment=at(9)))
        found = {entry.grade.student: entry for entry in standings(book, course, assignment)}
    assert list(found) == ["ann", "bob", "cem", "dee"]
    assert (found["cem"].grade.points, found["cem"].is_final) == (5.0, True)
    assert found["dee"].grade.excused


# ---- the commands


@pytest.fixture
def run(tmp_path, monkeypatch, make_course):
    monkeypatch.chdir(tmp_path)
    folder = make_course(
        assignment=LATE
        + YAML.replace("points: 4}", "points: 4}\n  - {id: '3', title: Essay, file: work.py, points: 3, manual: true}")
    )
    runner = CliRunner()

    def invoke(*arguments):
        extra = ["--unsafe-no-sandbox"] if NO_SANDBOX and arguments[0] in ("grade", "regrade") else []
        extra += [] if arguments[0] in ("erase", "backup", "doctor") else ["--course", str(folder)]
        return runner.invoke(main, [*map(str, arguments), *extra])

    return invoke


def test_a_week_on_the_command_line(run, tmp_path):
    """Grade, look, mark, mend a test, regrade, read the history, erase, back up: each command does what it says."""
    work = hand_in(tmp_path / "in", ann=RIGHT, bob=WRONG)
    result = run("grade", "tiny", work)
    assert result.exit_code == 0, result.output  # the essay waits for a person, which is no fault

    said = run("status", "tiny").output
    assert "2 graded, 0 of them settled" in said
    assert "2 waiting for a person's points: ann, bob" in said
    assert "2 without a hand-in time: ann, bob" in said

    (tmp_path / "essays.csv").write_text("student,question,points,comment\nann,3,2.5,well argued\nbob,3,1,\n")
    assert run("override", "tiny", "--from", "essays.csv").output == "ann: 8.5/9\nbob: 4/9\n"
    result = run("override", "tiny", "bob", "--submitted-at", "2026-10-02 10:00", "--why", "by mail")
    assert "bob: 3.6/9; −0.4: handed in 22 hours after the due time (1 October 2026, 12:00 UTC): 10 %" in result.output
    assert "well argued" in run("report", "tiny", "ann").output

    test = tmp_path / "course/assignments/tiny/tests/hidden/test_work.py"
    test.write_text(test.read_text().replace("2 * x, what", "3 * x - x, what"))
    dry = run("regrade", "tiny", "--dry-run")
    assert "2 run again on 2, 0 unchanged; 0 would move" in dry.output
    assert "Nothing was written" in dry.output
    lines = [json.loads(line) for line in run("regrade", "tiny", "--json").output.splitlines()]
    assert [(line["student"], line["ran"]) for line in sorted(lines, key=lambda line: line["student"])] == [
        ("ann", ["2"]),
        ("bob", ["2"]),
    ]

    said = run("history", "bob").output
    assert [
        word
        for word in ("graded  ", "regraded", "points of 3 set to 1", "handed in 2026-10-02 10:00")
        if word not in said
    ] == []
    assert said.splitlines()[-1].startswith("  stands at         3.6/9; −0.4")
    grades = json.loads(run("status", "tiny", "--json").output)["grades"]
    assert [(entry["student"], entry["points"]) for entry in grades] == [("ann", 8.5), ("bob", 3.6)]

    assert "gradebook grades/gradebook.db: 7 links hold, head " in run("doctor").output
    assert run("backup", "copy.db").output.startswith("copy.db: 7 links, head ")
    assert "Erase bob? This cannot be undone" in run("erase", "bob").output
    assert run("erase", "bob", "--yes").exit_code == 0
    assert "no student 'bob' in the gradebook" in run("history", "bob").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("override", "tiny"), "name a STUDENT, or a table with --from"),
        (("override", "tiny", "ann", "--why", "x"), "give one of --points"),
        (("override", "tiny", "anne", "--points", "1", "--why", "x"), "no student 'anne' in the gradebook. Did you mean 'ann'?"),
        (("override", "tiny", "ann", "--points", "1"), "say why"),
        (("history", "nobody"), "no student 'nobody' in the gradebook."),
        (("regrade", "tiny", "nobody"), "no student 'nobody' in the gradebook."),
        (("status", "tiny", "--out", "elsewhere"), "no gradebook there; `autograder grade` makes one"),
    ],
)  # fmt: skip
def test_wrong_commands_are_one_line(run, tmp_path, arguments, message):
    """Exit code 2."""
    with Gradebook.open(tmp_path / "grades" / "gradebook.db") as book:
        book.add_identities("ann", [("email", "ann@example.org")])
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_a_student_can_be_named_as_a_platform_does(run, tmp_path):
    """By address or number."""
    with Gradebook.open(tmp_path / "grades" / "gradebook.db") as book:
        book.add_identities("ann", [("email", "ann@example.org")])
    result = run("override", "tiny", "ann@example.org", "--points", "1", "--why", "oral")
    assert result.output == "ann: 1/9\n"


def test_the_suite_digest_is_stored_with_a_regrade(course, path):
    """Of the suite as it is now, so that the same files are not graded once more."""
    edit(course, "tests/hidden/test_work.py", "size=3", "size=4")
    again(course, path, FakeExecutor())
    assert attempts(path, course, "bob")[-1].suite_digest == suite_digest(load_assignment(course, "tiny"))


def test_doctor_finds_a_changed_grade(run, tmp_path):
    """Exit code 1, and the row is named; the check is left out where there is no gradebook."""
    import sqlite3

    assert "gradebook" not in run("doctor").output
    run("grade", "tiny", hand_in(tmp_path / "in", ann=RIGHT))
    connection = sqlite3.connect(tmp_path / "grades" / "gradebook.db")
    connection.execute("DROP TRIGGER attempt_no_update")
    connection.execute("UPDATE attempt SET points = 9")
    connection.commit()
    connection.close()
    result = run("doctor")
    assert result.exit_code == 1
    assert "attempt 1 (tiny, " in result.output
    assert "is not what was written then" in result.output
    assert json.loads(run("doctor", "--json").output)["gradebook"]["problems"] != []


def test_a_platform_download_is_graded_by_its_roster(run, tmp_path):
    """Names from the worksheet, times too; a group's members all get the grade; a second run changes nothing."""
    import platforms

    students = platforms.a_class(4, [{"work.py": RIGHT.encode()}, {"work.py": WRONG.encode()}])
    students[2].late = True
    bulk = platforms.moodle_zip(tmp_path / "bulk.zip", students)
    sheet = platforms.moodle_worksheet(tmp_path / "sheet.csv", students)
    result = run("grade", "tiny", bulk, "--roster", sheet)
    assert "taken in: 4 from moodle" in result.output
    grades = {g["student"]: g for g in json.loads(run("status", "tiny", "--json").output)["grades"]}
    assert set(grades) == {student.name for student in students}
    assert [bool(grades[student.name]["deductions"]) for student in students] == [
        True,
        True,
        True,
        True,
    ]  # due at 12:00
    assert "0 graded, 4 unchanged" in run("grade", "tiny", bulk, "--roster", sheet).output

    export = platforms.gradescope_zip(tmp_path / "export.zip", students, groups=[("u00001", "u00002")])
    (tmp_path / "r.csv").write_text("name,sis,due\nAlpha,0001,\nBeta,0002,2026-12-01 00:00 UTC\n")
    lines = [
        json.loads(line)
        for line in run("grade", "tiny", export, "--roster", "r.csv", "--json", "--out", "two").output.splitlines()
    ]
    assert lines[0]["event"] == "intake"
    assert len(lines[0]["unmatched"]) == 2
    graded = [line["student"] for line in lines if line["event"] == "grade"]
    assert {"Alpha", "Beta"} < set(graded)
    assert len(graded) == 4
    standing = {g["student"]: g for g in json.loads(run("status", "tiny", "--json", "--out", "two").output)["grades"]}
    assert standing["Alpha"]["deductions"] != []
    assert standing["Beta"]["deductions"] == []  # a due time of the student's own, from the roster

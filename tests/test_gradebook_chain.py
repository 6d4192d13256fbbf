"""The chain over grades and marks, what staff decide, what can be erased, and a gradebook of the first schema."""

import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_gradebook import HOSTILE, LAB, make_grade, record

from autograder.gradebook import Gradebook, Origin
from autograder.gradebook import connection as gradebook_connection
from autograder.model import Outcome, Submission
from autograder.rules import Mark, MarkKind

OLD = Path(__file__).parent / "gradebooks" / "schema_001.db"
MOMENT = datetime(2026, 10, 1, 21, 59, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gradebook.db"


@pytest.fixture
def book(path):
    with Gradebook.open(path) as opened:
        yield opened


def tamper(path, *statements):
    """Change rows past the triggers, as somebody with the file and an SQLite shell can."""
    connection = sqlite3.connect(path)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
    for name in names:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def points(value, question="1.5", why="the test was too strict", **rest):
    return Mark(MarkKind.POINTS, "prof", why, question, points=value, **rest)


# ---- an old file


@pytest.fixture
def migrated(path):
    shutil.copy(OLD, path)
    with Gradebook.open(path) as opened:
        yield opened


def test_a_gradebook_of_the_first_schema_is_brought_up_to_date(migrated, path):
    """Its grades come back as they were, and get their links in the chain."""
    assert [(e.grade.student[:6], e.grade.points, e.ordinal) for e in migrated.current(LAB)] == [
        ("ada", 10.0, 1),
        ("Bob", 4.0, 1),
        ("erased", 10.0, 1),
    ]
    assert migrated.check().links == 4
    assert migrated.check().problems == ()
    assert [e.grade.points for e in migrated.history(LAB, "ada")] == [4.0, 10.0]
    assert migrated.history(LAB, "ada")[0].grade.questions[0].cases[0].feedback.message == "loss is wrong"
    connection = sqlite3.connect(path)
    newest = max(gradebook_connection._schema_files())
    assert connection.execute("PRAGMA user_version").fetchone()[0] == newest
    connection.close()


def test_an_old_gradebook_can_be_written_to(migrated):
    """Grades that follow carry what the first schema had no columns for."""
    origin = Origin(submitted_at=MOMENT, source="canvas", question_digests={"1.5": "d1"})
    assert record(migrated, make_grade("Bob"), digest="b1", origin=origin)
    newest = migrated.history(LAB, "Bob")[-1]
    assert (newest.ordinal, newest.submitted_at, newest.source) == (2, MOMENT, "canvas")
    assert newest.question_digests == {"1.5": "d1"}
    assert migrated.check().problems == ()


def test_an_old_gradebook_is_migrated_whole_or_not_at_all(path, monkeypatch):
    """A schema file that fails leaves the file as it was."""
    shutil.copy(OLD, path)
    files = gradebook_connection._schema_files()
    broken = {**files, max(files) + 1: "CREATE TABLE mine (a);\nSELECT nonsense;"}
    monkeypatch.setattr(gradebook_connection, "_schema_files", lambda: broken)
    with pytest.raises(Exception, match="nonsense"):
        Gradebook.open(path)
    monkeypatch.undo()
    with Gradebook.open(path) as opened:
        assert len(opened.current(LAB)) == 3


# ---- the chain


def fill(book):
    record(book, make_grade("ada", Outcome.FAILED), digest="a1")
    book.add_mark("lab1", "ada", points(5.0))
    record(book, make_grade("bob"), digest="b1")


def test_an_untouched_gradebook_holds(book):
    """Every attempt and mark has one link, and the head moves with each."""
    heads = {book.check().head}
    fill(book)
    state = book.check()
    assert (state.links, state.problems) == (3, ())
    heads.add(state.head)
    book.add_mark("lab1", "bob", points(1.0))
    heads.add(book.check().head)
    assert len(heads) == 3


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE attempt SET points = 100 WHERE id = 1", "attempt 1 (lab1, "),
        ("UPDATE attempt SET submitted_at = '2026-01-01' WHERE id = 2", "attempt 2 (lab1, "),
        ("UPDATE question_result SET points = 6 WHERE attempt_id = 1", "attempt 1 (lab1, "),
        ("UPDATE case_result SET outcome = 'passed' WHERE attempt_id = 1 AND position = 0", "attempt 1 (lab1, "),
        ("DELETE FROM case_result WHERE attempt_id = 1 AND position = 0", "attempt 1 (lab1, "),
        ("UPDATE mark SET value = '{\"points\": 6.0}'", "mark 1 (lab1, "),
        ("UPDATE mark SET why = 'because'", "mark 1 (lab1, "),
        ("UPDATE mark SET who = 'somebody else'", "mark 1 (lab1, "),
        ("DELETE FROM mark", "mark 1: is missing"),
        ("DELETE FROM link WHERE number = 2", "links 2 to 2 are missing"),
        ("UPDATE link SET digest = 'f00' WHERE number = 1", "attempt 1 (lab1, "),
        (
            "INSERT INTO mark SELECT 9, assignment, student_id, kind, question_id, value, who, why, made_at FROM mark",
            "mark 9 (lab1, ",
        ),
    ],
)
def test_every_change_past_the_triggers_is_found(book, path, statement, problem):
    """Whatever column of whatever row, the check names the first that is not what was written."""
    fill(book)
    book.close()
    tamper(path, statement)
    with Gradebook.open(path) as opened:
        problems = opened.check().problems
    assert problems[0].startswith(problem), problems


def test_two_students_cannot_be_exchanged(book, path):
    """The student's random id is part of what is linked."""
    fill(book)
    book.close()
    tamper(path, "UPDATE attempt SET student_id = (SELECT student_id FROM attempt WHERE id = 2) WHERE id = 1")
    with Gradebook.open(path) as opened:
        assert opened.check().problems[0].startswith("attempt 1")


# ---- marks


def test_marks_come_back_with_who_when_and_why(book):
    """The latest of a kind and question holds; all that were made stay."""
    before = datetime.now(UTC)
    book.add_mark("lab1", "ada", points(3.0, comment=HOSTILE))
    book.add_mark("lab1", "ada", points(4.0, why="second look"))
    book.add_mark("lab1", "ada", Mark(MarkKind.DUE, "prof", "ill", moment=MOMENT))
    (newest, due) = book.marks("lab1")["ada"]
    assert (newest.points, newest.who, newest.why, newest.question) == (4.0, "prof", "second look", "1.5")
    assert (due.kind, due.moment) == (MarkKind.DUE, MOMENT)
    first, *_ = book.marks("lab1", "ada", all_of_them=True)["ada"]
    assert (first.points, first.comment) == (3.0, HOSTILE)
    assert abs((first.made_at - before).total_seconds()) < 60
    assert book.marks("lab2") == {}


def test_marks_come_with_the_grade(book):
    """Those that hold now, beside what the tests gave."""
    record(book, make_grade("ada"))
    book.add_mark("lab1", "ada", points(1.0))
    (recorded,) = book.current(LAB)
    assert recorded.grade.points == 10.0
    assert [mark.points for mark in recorded.marks] == [1.0]


def test_a_chosen_submission_is_the_current_one_until_it_is_taken_back(book):
    """Regraded or not; later hand-ins do not change it."""
    record(book, make_grade(), digest="A")
    record(book, make_grade(outcome=Outcome.FAILED), digest="B")
    book.add_mark("lab1", "ada", Mark(MarkKind.CHOICE, "prof", "B was a slip", submission="A"))
    assert [e.submission_digest for e in book.current(LAB)] == ["A"]
    record(book, make_grade(outcome=Outcome.FAILED), digest="C")
    record(book, make_grade(), digest="A", suite_digest="suite-2")
    assert [(e.submission_digest, e.suite_digest) for e in book.current(LAB)] == [("A", "suite-2")]
    book.add_mark("lab1", "ada", Mark(MarkKind.CHOICE, "prof", "agreed", submission=None))
    record(book, make_grade(), digest="D")
    assert [e.submission_digest for e in book.current(LAB)] == ["D"]
    assert [e.submission_digest for e in book.candidates(LAB)] == ["B", "C", "A", "D"]


# ---- what can be erased


def test_an_erased_student_leaves_no_name_no_id_and_no_work(book, path):
    """Grades, marks and the chain stay whole, under a random id."""
    work = Submission("ada", {"losses.py": b"# by Ada Lovelace\n" * 3})
    shared = Submission("ada", {"losses.py": b"# template\n"})
    for submission in (work, shared):
        origin = Origin(submission=submission, identities=(("email", "ada@example.org"),))
        record(book, make_grade("ada lovelace"), digest=submission.digest, origin=origin)
    record(book, make_grade("bob"), digest=shared.digest, origin=Origin(submission=shared))
    assert book.submission(work.digest, "ada") == work
    assert book.names_by_identity() == {("email", "ada@example.org"): "ada lovelace"}
    head = book.check().head
    assert book.erase("ada lovelace")
    assert not book.erase("ada lovelace")
    assert book.submission(work.digest, "ada") is None
    assert book.submission(shared.digest, "bob").files == shared.files
    assert book.names_by_identity() == {}
    assert (book.check().problems, book.check().head) == ((), head)
    assert [e.grade.student[:6] for e in book.current(LAB)] == ["bob", "erased"]
    book.close()
    content = path.read_bytes()
    assert b"lovelace" not in content
    assert b"ada@example.org" not in content


def test_an_identity_stays_with_its_first_student(book):
    """What a platform calls one student cannot be taken by another."""
    book.add_identities("ada", [("canvas", "1"), ("email", HOSTILE)])
    book.add_identities("bob", [("canvas", "1")])
    assert book.names_by_identity() == {("canvas", "1"): "ada", ("email", HOSTILE): "ada"}


def test_a_huge_submission_is_not_kept(book, monkeypatch):
    """It is graded all the same."""
    monkeypatch.setattr("autograder.gradebook.kept.MAX_KEPT_BYTES", 10)
    submission = Submission("ada", {"losses.py": bytes(range(256))})
    assert record(book, make_grade(), digest=submission.digest, origin=Origin(submission=submission))
    assert book.submission(submission.digest, "ada") is None


# ---- backup


def test_a_backup_is_one_file_with_everything(book, tmp_path):
    """Made while the gradebook is open, and a gradebook of its own."""
    fill(book)
    target = tmp_path / "backup.db"
    book.backup(target)
    record(book, make_grade("later"))
    with Gradebook.open(target) as copy:
        assert [e.grade.student for e in copy.current(LAB)] == ["ada", "bob"]
        assert copy.check().problems == ()
    assert sorted(file.name for file in tmp_path.glob("*backup*") if "-" not in file.name) == ["backup.db"]


def test_a_backup_into_no_folder_is_one_line(book, tmp_path):
    """The path is named."""
    from autograder.errors import GradebookError

    with pytest.raises(GradebookError, match=r"nowhere/backup\.db: "):
        book.backup(tmp_path / "nowhere" / "backup.db")

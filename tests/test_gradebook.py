"""The gradebook: what is recorded comes back, nothing is changed, and many may write at once."""

import contextlib
import json
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from autograder.errors import GradebookError
from autograder.gradebook import Gradebook
from autograder.gradebook import connection as gradebook_connection
from autograder.gradebook.rows import MAX_TEXT, name_from_column, name_to_column
from autograder.model import (
    Assignment,
    CaseResult,
    Feedback,
    Frame,
    Grade,
    Limits,
    Outcome,
    Question,
    QuestionGrade,
    Visibility,
)

HOSTILE = "\0 \x1b[2J \ud800 \u202egnp.exe <script>alert(1)</script> \U0001f600 \\udcff \\"
SETTINGS = {
    "suite_digest": "suite-1",
    "profile": "cpu",
    "seed": 7,
    "versions": {"engine": "0.1.0", "python": "3.11"},
    "isolation": {"grade": "limits", "held": ["split"], "missing": ["seccomp"]},
    "seconds": 1.25,
}

QUESTION = Question("1.5", "Binary cross-entropy", 6.0, "losses.py", Limits(seconds=3.0))
BONUS = Question("1.11", "Gradient check", 8.0, "gradcheck.py", Limits(), bonus=True)
LAB = Assignment("lab1", "Lab 1", Path("lab1"), Path("solutions"), Path("template"), (QUESTION, BONUS))


def make_case(question="1.5", name="hidden/test_losses.py::test_large", outcome=Outcome.PASSED, **feedback):
    return CaseResult(question, name, "Large logits", Visibility.HIDDEN, outcome, 2.0, 0.125, Feedback(**feedback))


def make_grade(student="ada", outcome=Outcome.PASSED, notes=(), **feedback):
    points = 6.0 if outcome is Outcome.PASSED else 0.0
    open_points = 0.0 if outcome.known else 6.0
    questions = (
        QuestionGrade(QUESTION, points, open_points, (make_case(outcome=outcome, **feedback),)),
        QuestionGrade(BONUS, 4.0, 0.0, (make_case("1.11", "test_a"), make_case("1.11", "test_b"))),
    )
    return Grade(student, questions, points + 4.0, open_points, 6.0, tuple(notes))


def record(book, grade, digest="digest-1", **changes):
    return book.record("lab1", grade, submission_digest=digest, **{**SETTINGS, **changes})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gradebook.db"


@pytest.fixture
def book(path):
    with Gradebook.open(path) as opened:
        yield opened


@pytest.fixture
def sql(book, path):
    """A connection with the engine's settings, to look at the tables."""
    connection = gradebook_connection.connect(path)
    yield connection
    connection.close()


def count(sql, table):
    return sql.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


# ---- what is recorded comes back


def test_a_grade_comes_back_as_it_was(book):
    """Points, questions, cases, feedback and notes survive, with all that is needed to reproduce the grade."""
    frame = Frame("losses.py", 12, "bce", "return loss")
    grade = make_grade(
        outcome=Outcome.FAILED, notes=["found your files in lab1/"], message="loss is wrong", frames=(frame,)
    )
    before = datetime.now(UTC)
    assert record(book, grade)
    (recorded,) = book.current(LAB)
    assert recorded.grade == grade
    assert (recorded.submission_digest, recorded.suite_digest, recorded.profile) == ("digest-1", "suite-1", "cpu")
    assert (recorded.ordinal, recorded.seed, recorded.seconds) == (1, 7, 1.25)
    assert (recorded.versions, recorded.isolation) == (SETTINGS["versions"], SETTINGS["isolation"])
    assert before - timedelta(seconds=1) <= recorded.graded_at <= datetime.now(UTC)


def test_texts_may_hold_anything(book):
    """NUL, escape sequences, lone surrogates and HTML in names, notes and feedback come back unchanged."""
    grade = make_grade(HOSTILE, Outcome.ERROR, notes=[HOSTILE], error=HOSTILE, output=HOSTILE, message=HOSTILE)
    record(book, grade)
    assert book.current(LAB)[0].grade == grade
    assert book.graded("lab1", "suite-1", "cpu") == {(HOSTILE, "digest-1")}


@pytest.mark.parametrize("names", [("\udcff", "\\udcff"), ("\\", "\\\\"), ("a", "a\0"), ("é", "e\u0301")])
def test_names_that_look_alike_are_two_students(book, names):
    """No two names share a row, and each comes back as it was."""
    for name in names:
        record(book, make_grade(name))
    assert sorted(entry.grade.student for entry in book.current(LAB)) == sorted(names)
    assert [name_from_column(name_to_column(name)) for name in names] == list(names)


def test_a_long_output_is_kept_at_both_ends(book):
    """A megabyte of output is cut in the middle, and the text says by how much."""
    record(book, make_grade(outcome=Outcome.FAILED, output="begin" + "x" * 1_000_000 + "end", message="short"))
    feedback = book.current(LAB)[0].grade.questions[0].cases[0].feedback
    assert feedback.output.startswith("begin")
    assert feedback.output.endswith("end")
    assert f"[{1_000_008 - MAX_TEXT} characters left out]" in feedback.output
    assert len(feedback.output) < MAX_TEXT + 100
    assert feedback.message == "short"


def test_a_seed_of_many_bits_comes_back(book):
    """NumPy takes seeds that no 64-bit column can hold."""
    record(book, make_grade(), seed=2**100)
    assert book.current(LAB)[0].seed == 2**100


def test_titles_and_points_are_those_of_the_time_of_grading(book):
    """A later change of the assignment does not touch a recorded grade; file and limits are today's."""
    record(book, make_grade())
    renamed = msgspec.structs.replace(QUESTION, title="New title", points=60.0, file="new.py")
    (recorded,) = book.current(msgspec.structs.replace(LAB, questions=(renamed,)))
    first, dropped = (entry.question for entry in recorded.grade.questions)
    assert (first.title, first.points, first.file) == ("Binary cross-entropy", 6.0, "new.py")
    assert (dropped.id, dropped.title, dropped.points, dropped.bonus) == ("1.11", "Gradient check", 8.0, True)


def test_grades_are_sorted_by_name(book):
    """The order does not depend on who was graded first."""
    for name in ("bob", "Ada", "cyd"):
        record(book, make_grade(name))
    assert [entry.grade.student for entry in book.current(LAB)] == ["Ada", "bob", "cyd"]


# ---- what is graded again


def test_an_unchanged_submission_is_recorded_once(book, sql):
    """The same digests again: nothing is written."""
    assert record(book, make_grade())
    assert not record(book, make_grade())
    assert [count(sql, table) for table in ("attempt", "question_result", "case_result")] == [1, 2, 3]
    assert book.graded("lab1", "suite-1", "cpu") == {("ada", "digest-1")}


def test_again_takes_the_next_ordinal(book):
    """`again` records an unchanged submission once more, and the latest counts."""
    record(book, make_grade())
    assert record(book, make_grade(outcome=Outcome.FAILED), again=True)
    (recorded,) = book.current(LAB)
    assert (recorded.ordinal, recorded.grade.points) == (2, 4.0)


@pytest.mark.parametrize("outcome", [Outcome.GRADER_ERROR, Outcome.PENDING, Outcome.AMBIGUOUS])
def test_an_open_grade_is_graded_again_until_it_is_settled(book, outcome):
    """Open attempts never count as done, may repeat, and a settled one closes the matter."""
    for _ in range(2):
        assert record(book, make_grade(outcome=outcome))
        assert book.graded("lab1", "suite-1", "cpu") == set()
    assert record(book, make_grade())
    assert book.graded("lab1", "suite-1", "cpu") == {("ada", "digest-1")}
    (recorded,) = book.current(LAB)
    assert (recorded.ordinal, recorded.grade.open_points, recorded.grade.points) == (3, 0.0, 10.0)


def test_a_grade_without_cases_is_open(book):
    """When the grader lost a submission there are no cases at all, only open points."""
    lost = Grade("ada", (QuestionGrade(QUESTION, 0.0, 6.0, ()),), 0.0, 6.0, 6.0)
    record(book, lost)
    assert book.graded("lab1", "suite-1", "cpu") == set()
    assert book.current(LAB)[0].grade == lost


def test_a_submission_handed_in_once_more_is_current_again(book):
    """First A, then B, then A: the student's grade is A's, not B's."""
    record(book, make_grade(), digest="A")
    record(book, make_grade(outcome=Outcome.FAILED), digest="B")
    assert book.graded("lab1", "suite-1", "cpu") == {("ada", "B")}
    assert record(book, make_grade(), digest="A")
    (recorded,) = book.current(LAB)
    assert (recorded.submission_digest, recorded.ordinal, recorded.grade.points) == ("A", 2, 10.0)


@pytest.mark.parametrize("change", [{"suite_digest": "suite-2"}, {"profile": "cuda"}])
def test_another_suite_or_profile_is_another_attempt(book, change):
    """What was graded by one suite or on one profile is not done for another."""
    record(book, make_grade())
    key = {"suite_digest": "suite-1", "profile": "cpu", **change}
    assert book.graded("lab1", **key) == set()
    assert record(book, make_grade(), **change)
    assert book.graded("lab1", **key) == {("ada", "digest-1")}


def test_assignments_do_not_mix(book):
    """A grade of one assignment is neither current nor done in another."""
    record(book, make_grade())
    assert book.graded("lab2", "suite-1", "cpu") == set()
    assert book.current(msgspec.structs.replace(LAB, id="lab2")) == []


def test_a_grade_is_written_whole_or_not_at_all(book, sql):
    """Two questions with one id break the last table: the student, attempt and cases are not there either."""
    grade = make_grade()
    with pytest.raises(sqlite3.IntegrityError):
        record(book, msgspec.structs.replace(grade, questions=grade.questions * 2))
    assert [count(sql, table) for table in ("student", "roster", "attempt", "case_result")] == [0, 0, 0, 0]
    assert record(book, grade)


# ---- the chain


TABLES = ("student", "attempt", "question_result", "case_result")


@pytest.fixture
def filled(book, sql):
    record(book, make_grade())
    return sql


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_never_deleted(filled, table):
    """DELETE raises, whatever the table."""
    with pytest.raises(sqlite3.IntegrityError, match=f"{table}: rows are never deleted"):
        filled.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_never_changed(filled, table):
    """UPDATE raises, even when it would change nothing."""
    column = filled.execute(f"SELECT * FROM {table}").description[-1][0]
    with pytest.raises(sqlite3.IntegrityError, match=f"{table}: rows are never changed"):
        filled.execute(f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_never_replaced(filled, table):
    """INSERT OR REPLACE raises too, since the engine's connections run triggers recursively."""
    with pytest.raises(sqlite3.IntegrityError, match=f"{table}: rows are never deleted"):
        filled.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


def test_a_result_without_its_attempt_is_refused(sql):
    """Foreign keys are on."""
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        sql.execute("INSERT INTO question_result VALUES (99, 0, '1.5', 'title', 1, 0, 1, 0, NULL, NULL)")


def test_columns_take_their_own_type_only(sql):
    """Tables are strict: text does not slip into a number's column."""
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in REAL column"):
        sql.execute("INSERT INTO question_result VALUES (1, 0, '1.5', 'title', 'many', 0, 1, 0, NULL, NULL)")


def test_an_erased_name_leaves_grades_without_a_name(book, path):
    """Only the roster knows names: after erasing, the file does not hold the name, and the grade is still there."""
    record(book, make_grade("Zebulon Quux"))
    assert [file for file in path.parent.iterdir() if b"Zebulon" in file.read_bytes()]
    assert book.erase("Zebulon Quux")
    assert not book.erase("Zebulon Quux")
    (recorded,) = book.current(LAB)
    assert recorded.grade.student.startswith("erased ")
    assert recorded.grade.points == 10.0
    assert not [file for file in path.parent.iterdir() if b"Zebulon" in file.read_bytes()]


def test_who_was_erased_begins_anew(book, sql):
    """The same name later is another student: the old grades cannot be linked to it."""
    record(book, make_grade())
    book.erase("ada")
    record(book, make_grade())
    assert count(sql, "student") == 2
    assert len(book.current(LAB)) == 2


# ---- the file


def test_folders_are_made(tmp_path):
    """A gradebook in a folder that does not exist yet is no error."""
    with Gradebook.open(tmp_path / "new" / "folder" / "gradebook.db") as opened:
        assert opened.current(LAB) == []


def test_a_gradebook_opens_again(path):
    """The schema is applied once, and grades outlive the process."""
    with Gradebook.open(path) as first:
        record(first, make_grade())
    with Gradebook.open(path) as second:
        assert len(second.current(LAB)) == 1


def test_what_is_no_database_is_refused(path):
    """A text file is named as what it is."""
    path.write_text("student,points\n" * 100)
    with pytest.raises(GradebookError, match=r"gradebook\.db: not a gradebook \(not an SQLite file\)"):
        Gradebook.open(path)


def test_another_programs_database_is_refused_and_left_alone(path):
    """An SQLite file with other tables in it gets none of ours."""
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    content = path.read_bytes()
    with pytest.raises(GradebookError, match="an SQLite file, but not a gradebook"):
        Gradebook.open(path)
    assert path.read_bytes() == content


def test_a_newer_gradebook_is_refused(book, path, sql):
    """A schema that this version does not know is not written to."""
    sql.execute("PRAGMA user_version = 99")
    with pytest.raises(GradebookError, match=r"by a newer autograder \(schema 99, this one knows 3\); upgrade"):
        Gradebook.open(path)


def test_a_locked_gradebook_is_one_line(book, sql, path, monkeypatch):
    """When another program keeps the lock, the message says so."""
    monkeypatch.setattr(gradebook_connection, "BUSY_TIMEOUT_S", 0.05)
    with Gradebook.open(path) as waiting:
        sql.execute("BEGIN IMMEDIATE")
        with pytest.raises(GradebookError, match="another program holds the gradebook locked; close it"):
            record(waiting, make_grade())
        sql.execute("ROLLBACK")
        assert record(waiting, make_grade())


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    """A file stands where the folder should be."""
    (tmp_path / "grades").write_text("")
    with pytest.raises(GradebookError, match="the gradebook's folder cannot be made"):
        Gradebook.open(tmp_path / "grades" / "gradebook.db")


def test_a_path_that_cannot_be_opened_is_one_line(tmp_path):
    """A folder is no gradebook."""
    with pytest.raises(GradebookError, match="the gradebook cannot be opened; check the path"):
        Gradebook.open(tmp_path)


def test_a_read_only_gradebook_is_one_line(book, path):
    """What SQLite says about a file that cannot be written becomes one line."""
    book._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(GradebookError, match="the gradebook cannot be written; check the permissions"):
        record(book, make_grade())


def test_a_damaged_gradebook_is_one_line(path):
    """Pages overwritten by something else are reported as damage, with what to do."""
    with Gradebook.open(path) as first:
        record(first, make_grade(output="x" * 50_000))
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(GradebookError, match="damaged; restore it from a backup"), Gradebook.open(path) as book:
        record(book, make_grade("bob"))


@pytest.mark.parametrize("number", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR])
def test_what_the_disk_says_is_one_line(path, number):
    """A full disk gets advice; what has no advice keeps SQLite's own words."""
    problem = sqlite3.OperationalError("disk says no")
    problem.sqlite_errorcode = number
    expected = "the disk is full" if number == sqlite3.SQLITE_FULL else "disk says no"
    with pytest.raises(GradebookError, match=expected), gradebook_connection.one_line(path):
        raise problem


def test_a_file_system_without_shared_memory_is_one_line(path):
    """Where SQLite keeps another journal mode, the gradebook says to move to a local disk."""
    memory = sqlite3.connect(":memory:")
    with contextlib.closing(memory), pytest.raises(GradebookError, match="put it on a local disk"):
        gradebook_connection._use_wal(memory, path)


def test_schema_numbers_have_no_gaps():
    """The numbered files are 1, 2, 3, ... so that each is applied."""
    numbers = sorted(gradebook_connection._schema_files())
    assert numbers == list(range(1, len(numbers) + 1))


# ---- many at once


def test_readers_do_not_wait_for_writers(sql):
    """The file is in WAL mode."""
    assert sql.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


class TurnedAway:
    """A connection that meets another process at the change to WAL, which SQLite answers with SQLITE_BUSY at once."""

    def __init__(self, connection, times):
        self.connection, self.times = connection, times

    def execute(self, statement):
        if self.times:
            self.times -= 1
            problem = sqlite3.OperationalError("database is locked")
            problem.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise problem
        return self.connection.execute(statement)


def test_opening_meets_other_processes_that_open(sql, path):
    """Being turned away at the change to WAL is no failure: it is tried again."""
    turned_away = TurnedAway(sql, times=3)
    gradebook_connection._use_wal(turned_away, path)
    assert turned_away.times == 0


def test_opening_is_not_tried_for_ever(sql, path, monkeypatch):
    """After the time that writers wait for each other, the file counts as locked."""
    monkeypatch.setattr(gradebook_connection, "BUSY_TIMEOUT_S", 0.05)
    with pytest.raises(GradebookError, match="locked; close it"), gradebook_connection.one_line(path):
        gradebook_connection._use_wal(TurnedAway(sql, times=10_000), path)


def test_the_schema_is_applied_once(path, monkeypatch):
    """A process that was faster has made the tables already: nothing is made twice."""
    use_wal = gradebook_connection._use_wal

    def overtaken(connection, path):
        monkeypatch.setattr(gradebook_connection, "_use_wal", use_wal)
        use_wal(connection, path)
        Gradebook.open(path).close()

    monkeypatch.setattr(gradebook_connection, "_use_wal", overtaken)
    with Gradebook.open(path) as book:
        assert record(book, make_grade())


WRITER = """
import json, sys
from pathlib import Path
from autograder.gradebook import Gradebook
from autograder.model import CaseResult, Grade, Limits, Outcome, Question, QuestionGrade, Visibility

path, writer, settings = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
question = Question("1.5", "title", 6.0, "losses.py", Limits())
cases = tuple(CaseResult("1.5", f"test_{n}", "", Visibility.HIDDEN, Outcome.PASSED) for n in range(10))
print("ready", flush=True)
sys.stdin.readline()
with Gradebook.open(path) as book:
    for number in range(50):
        name = f"{writer}-{number}"
        grade = Grade(name, (QuestionGrade(question, 6.0, 0.0, cases),), 6.0, 0.0, 6.0)
        assert book.record("lab1", grade, submission_digest=name, **settings)
"""


def test_four_processes_write_at_once_and_nothing_is_lost(path):
    """Four processes make the same new file and record 50 grades each."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), f"writer{number}", json.dumps(SETTINGS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:  # all at once, so that they meet at making the file too
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    with Gradebook.open(path) as book:
        recorded = book.current(LAB)
    assert {entry.grade.student for entry in recorded} == {f"writer{w}-{n}" for w in range(4) for n in range(50)}
    assert all(len(entry.grade.questions[0].cases) == 10 for entry in recorded)

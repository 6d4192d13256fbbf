"""`autograder new`: what it makes is green, and can be added to."""

import pytest
from click.testing import CliRunner

from autograder import scaffold
from autograder.cli import main
from autograder.course import load_assignment, load_course
from autograder.errors import CourseError


@pytest.fixture
def course(tmp_path):
    """A course with one lab, made on the command line; a function that runs a command in it."""

    def run(*arguments):
        return CliRunner().invoke(main, [*arguments, "--course", str(tmp_path)])

    assert CliRunner().invoke(main, ["new", "course", str(tmp_path), "--title", 'Deep "things"']).exit_code == 0
    made = run("new", "lab", "lab1_means", "--title", "Lab 1: means")
    assert made.exit_code == 0, made.output
    assert made.stdout.splitlines()[-1] == "next: autograder verify lab1_means"
    return tmp_path, run


def test_a_new_lab_and_a_second_question_are_green(course):
    """Reference, stub, mutants and equivalent: nothing is wrong, and students can be given it."""
    folder, run = course
    made = run("new", "question", "lab1", "1.2", "--file", "other.py", "--question-title", 'Another "one": 2')
    assert made.exit_code == 0, made.output
    verified = run("verify", "lab1", "--seeds", "2", "--jobs", "1")
    assert verified.exit_code == 0, verified.output
    assert "all: 6 of 6 mutants killed, 2 of 2 equivalents right" in verified.stdout
    assert run("release", "lab1").exit_code == 0
    assert "NotImplementedError" in (folder / "student_template/lab1_means/other.py").read_text()


def test_what_is_made_can_be_loaded(course):
    """With the titles that were given."""
    folder, run = course
    assert run("new", "lab", "lab2", "--question", "2.1", "--file", "two.py").exit_code == 0
    loaded = load_course(folder)
    assert (loaded.title, loaded.assignments) == ('Deep "things"', ("lab1_means", "lab2"))
    lab = load_assignment(loaded, "lab2")
    assert [(question.id, question.title, question.file) for question in lab.questions] == [
        ("2.1", "A stable mean", "two.py")
    ]
    assert lab.seed != load_assignment(loaded, "lab1").seed


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["new", "lab", "lab1_means"], "lab1_means: is there already; add to it with `autograder new question`"),
        (["new", "lab", "a b"], '"a b" is not an id; use letters, digits, ".", "-" and "_"'),
        (["new", "lab", "lab2", "--question", "2/1"], '"2/1" is not an id; use letters, digits, ".", "-" and "_"'),
        (["new", "question", "lab1", "1.1"], '"1.1" is the id of a question already'),
        (["new", "question", "lab1", "1.2"], "work.py: is there already; begin the question in a file of its own"),
        (["new", "question", "lab1", "1.2", "--file", "a b.py"], '"a b.py" must be a Python file that can be imported'),
        (["new", "question", "lab1", "1.2", "--file", "import.py"], '"import.py" must be a Python file that can be'),
        (["new", "question", "lab3", "1.2"], 'no assignment "lab3" in this course'),
    ],
)
def test_what_is_taken_or_cannot_be_is_one_line(course, command, expected):
    """And nothing is written."""
    folder, run = course
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = run(*command)
    assert result.exit_code == 2
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_course_is_not_overwritten(course):
    """It is added to."""
    folder, _ = course
    with pytest.raises(CourseError, match="there is a course already; add to it with `autograder new lab`"):
        scaffold.new_course(folder, "Again")


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("course.yaml", "assignments: [lab1_means]", "assignments:\n- lab1_means", "write them on one line, in [ ]"),
        ("lab1_means/assignment.yaml", "limits:", "# limits:", None),
    ],
)
def test_a_list_that_is_written_otherwise_is_added_to_by_hand(course, file, old, new, expected):
    """The message says how it must be written; other changes do no harm."""
    folder, run = course
    path = folder / "assignments" / file
    path.write_text(path.read_text().replace(old, new))
    added = ["new", "lab", "lab2"] if expected else ["new", "question", "lab1", "1.2", "--file", "other.py"]
    result = run(*added)
    assert (expected in result.stderr) if expected else result.exit_code == 0, result.output


def test_questions_must_stand_last(course):
    """Another key below them would swallow the new one."""
    folder, run = course
    path = folder / "assignments/lab1_means/assignment.yaml"
    path.write_text(path.read_text() + "due: 2026-10-01T23:59:00+02:00\n")
    result = run("new", "question", "lab1", "1.2", "--file", "other.py")
    assert "questions: write them last, one below the other" in result.stderr


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    """A file stands in its way."""
    (tmp_path / "assignments").write_text("")
    with pytest.raises(CourseError, match="cannot be written"):
        scaffold.new_course(tmp_path, "Deep things")

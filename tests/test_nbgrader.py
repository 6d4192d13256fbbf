"""A lab as an nbgrader course, run by nbgrader's own commands."""

import json
import sys

import pytest
from tools import HANDOUT, engine_points, fill, lab_submissions, python_files, released, run

from autograder.course import load_assignment, load_course
from autograder.errors import GradebookError, ReleaseError
from autograder.release.leaks import check_secrets

pytest.importorskip("nbgrader", reason="the extra [nbgrader] is not installed")

WARNS = b"""import sys


# ---- Question 1: One ----
def one():
    print("one", file=sys.stderr)
    return 1.0


# ---- Question 2: Two ----
def two(x):
    return x * 3
"""
HANGS = b"""# ---- Question 1: One ----
def one():
    return 1.0


# ---- Question 2: Two ----
def two(x):
    while True:
        pass
"""
DIES = b"""import os


# ---- Question 1: One ----
def one():
    os._exit(0)


# ---- Question 2: Two ----
def two(x):
    return x + x
"""


def grade_with_nbgrader(folder, assignment, submissions):
    """Points of each submission, by `nbgrader autograde`, as the gradebook has them."""
    lab = assignment.id
    run(["nbgrader", "generate_assignment", lab], folder)
    notebook = (folder / "release" / lab / f"{lab}.ipynb").read_bytes()
    for name, files in submissions.items():
        place = folder / "submitted" / name / lab
        place.mkdir(parents=True)
        filled = fill(notebook, files, assignment)
        if name == "reference":
            filled = filled.replace("YOUR ANSWER HERE", "Because.")
        (place / f"{lab}.ipynb").write_text(filled)
    run(["nbgrader", "autograde", lab], folder)
    return points_in_gradebook(folder, lab)


def points_in_gradebook(folder, lab):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        return {entry.student.id: entry.score for entry in book.assignment_submissions(lab)}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A tiny course, graded: its folder, its assignment, nbgrader's points and the engine's."""
    from conftest import write_course

    scratch = tmp_path_factory.mktemp("nbgrader")
    folder = write_course(scratch, {"handout": HANDOUT})
    course = load_course(folder)
    assignment = load_assignment(course, "tiny")
    released(["tiny", "--course", str(folder)], "nbgrader", scratch / "nb")
    submissions = {
        "reference": python_files(assignment.solutions),
        "stub": {"work.py": assignment.solutions.joinpath("work.py").read_bytes().split(b"# ---- Q")[0]},
        "warns": {"work.py": WARNS},
        "hangs": {"work.py": HANGS},
        "dies": {"work.py": DIES},
    }
    points = grade_with_nbgrader(scratch / "nb", assignment, submissions)
    return scratch / "nb", assignment, points, engine_points(course, assignment, submissions)


def test_points_are_the_engines(graded):
    """Full marks, none, and parts: also where code hangs, ends its process, or prints on standard error."""
    _, _, points, expected = graded
    assert points == pytest.approx(expected)
    assert expected == {"reference": 6, "stub": 0, "warns": 3, "hangs": 2, "dies": 4}


def test_an_answer_in_words_waits_for_a_person(graded):
    """Where the handout asks for one; left as it was handed out, nbgrader itself gives nothing for it."""
    from nbgrader.api import Gradebook

    folder, *_ = graded
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        written = book.find_grade("answer-text-7", "tiny", "tiny", "reference")
        assert (written.needs_manual_grade, written.max_score) == (True, 5)
        assert not book.find_grade("answer-text-7", "tiny", "tiny", "warns").needs_manual_grade


def test_what_students_receive_holds_no_secret(graded):
    """The release as nbgrader writes it: stubs as everywhere else, public tests, and no call of the hidden ones."""
    folder, assignment, *_ = graded
    release = folder / "release" / "tiny"
    files = {path.relative_to(release).as_posix(): path.read_bytes() for path in release.rglob("*") if path.is_file()}
    assert sorted(files) == [
        "public_tests/tiny/assignment.yaml",
        "public_tests/tiny/tests/public/test_work.py",
        "tiny.ipynb",
    ]
    check_secrets(assignment, files)
    text = "\n".join("".join(cell["source"]) for cell in json.loads(files["tiny.ipynb"])["cells"])
    assert 'raise NotImplementedError("Question 1: One")' in text
    assert 'kernel.test("tiny", "2")' in text
    assert "hidden" not in text
    assert "SOLUTION" not in text
    with pytest.raises(ReleaseError, match=r"tiny.ipynb: shows a piece of a solution"):
        check_secrets(assignment, {"tiny.ipynb": (folder / "source" / "tiny" / "tiny.ipynb").read_bytes()})


def test_the_authors_notebook_validates(graded):
    """`nbgrader validate` on the source: the reference passes."""
    folder, *_ = graded
    assert "Success! Your notebook passes all the tests." in run(
        ["nbgrader", "validate", "source/tiny/tiny.ipynb"], folder
    )


def test_a_students_notebook_validates_by_the_public_tests(graded):
    """The stub fails on question 1, and the answer in words is not written; question 2 has hidden tests alone."""
    folder, *_ = graded
    said = run(["nbgrader", "validate", "release/tiny/tiny.ipynb"], folder)
    assert "VALIDATION FAILED ON 2 CELL(S)!" in said


def test_feedback_shows_why_and_not_what_is_hidden(graded):
    """`nbgrader generate_feedback`: the message and the hint of a hidden test; not its source, nor the reference's."""
    folder, *_ = graded
    run(["nbgrader", "generate_feedback", "tiny"], folder)
    page = (folder / "feedback" / "warns" / "tiny" / "tiny.html").read_text()
    assert "two is wrong in 3 of 3 places" in page
    assert "Add it to itself." in page
    assert "rng.normal" not in page
    hangs = (folder / "feedback" / "hangs" / "tiny" / "tiny.html").read_text()
    assert "took longer than 2 s, the limit for one test" in hangs


@pytest.mark.interop
@pytest.mark.parametrize("lab", ["lab1", "lab2", "lab3"])
def test_labs_earn_the_engines_points(lab, tmp_path):
    """Reference, stub and three wrong submissions."""
    course, assignment, submissions = lab_submissions(lab)
    released([lab], "nbgrader", tmp_path / "nb")
    points = grade_with_nbgrader(tmp_path / "nb", assignment, submissions)
    assert points == pytest.approx(engine_points(course, assignment, submissions))
    assert points["reference"] == pytest.approx(sum(question.points for question in assignment.questions))
    assert points["stub"] == 0
    assert len(set(points.values())) == 5


def test_formgrader_shows_grades_of_this_engine(tmp_path, make_course):
    """Written into nbgrader's own gradebook, new or there before: points by cell; what is open waits for a person."""
    from nbgrader.api import Gradebook

    from autograder.interop.formgrader import write_nbgrader_gradebook
    from autograder.model import Grade, QuestionGrade

    assignment = load_assignment(load_course(make_course()), "tiny")
    one, two = assignment.questions
    ada = Grade("ada", (QuestionGrade(one, 2.0, 0.0, ()), QuestionGrade(two, 1.0, 3.0, ())), 3.0, 3.0, 6.0)
    assert write_nbgrader_gradebook(tmp_path, assignment, [ada]) == 1
    again = Grade("ada", (QuestionGrade(one, 0.0, 0.0, ()), QuestionGrade(two, 4.0, 0.0, ())), 4.0, 0.0, 6.0)
    bob = Grade("bob", (QuestionGrade(one, 2.0, 0.0, ()), QuestionGrade(two, 4.0, 0.0, ())), 6.0, 0.0, 6.0)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        assert book.find_grade("check-2", "tiny", "tiny", "ada").needs_manual_grade
    assert write_nbgrader_gradebook(tmp_path, assignment, [again, bob]) == 2
    assert points_in_gradebook(tmp_path, "tiny") == {"ada": 4.0, "bob": 6.0}
    late = Grade("bob", bob.questions, 5.0, 0.0, 6.0)
    excused = Grade("cyd", again.questions, 0.0, 0.0, 6.0, excused=True)
    assert write_nbgrader_gradebook(tmp_path, assignment, [late, excused]) == 1
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        assert book.find_submission("tiny", "bob").late_submission_penalty == 1.0
    run(["nbgrader", "export"], tmp_path)
    rows = (tmp_path / "grades.csv").read_text().splitlines()
    column = rows[0].split(",").index("score")
    assert [row.split(",")[column] for row in rows[1:]] == ["4.0", "5.0"]  # less the penalty


def test_a_folder_that_is_not_there_is_named(tmp_path, make_course):
    """One line says what to name."""
    from autograder.interop.formgrader import write_nbgrader_gradebook

    assignment = load_assignment(load_course(make_course()), "tiny")
    with pytest.raises(GradebookError, match="no such folder; name the course directory"):
        write_nbgrader_gradebook(tmp_path / "nowhere", assignment, [])


def test_the_command_line_writes_the_gradebook(tmp_path, make_course):
    """`autograder grade`, then `autograder export --to nbgrader`; a folder that is not there is named."""
    course = make_course()
    work = tmp_path / "inbox" / "ada"
    work.mkdir(parents=True)
    (work / "work.py").write_bytes(HANGS)
    (tmp_path / "nb").mkdir()
    engine = [sys.executable, "-m", "autograder"]
    run([*engine, "grade", "tiny", str(tmp_path / "inbox"), "--course", str(course), "--out", "g"], tmp_path)
    export = [*engine, "export", "tiny", "--course", str(course), "--to", "nbgrader", "--out", "g", "-o"]
    assert run([*export, "nb"], tmp_path).startswith("nb/gradebook.db: 1 grade\n")
    assert points_in_gradebook(tmp_path / "nb", "tiny") == {"ada": 2.0}

"""A class in each platform's layout: taken in, graded, exported, and taken back by importers with the platforms' rules.

Nobody is lost on the way. The small class is graded by a stand-in, the one of 200 by real suites (`make prove`).
"""

import json
import re
import shutil
import zipfile
from pathlib import Path

import importers
import platforms
import pytest

from autograder.batch import Graded, LocalExecutor
from autograder.course import load_assignment, load_course
from autograder.exporting import export_grades
from autograder.gradebook import Gradebook
from autograder.grading import grade_batch
from autograder.intake import read_roster
from autograder.model import CaseResult, Outcome, Visibility
from autograder.regrading import regrade
from autograder.worker.isolation import isolation
from autograder.worker.messages import Grade

MINI = Path(__file__).parent / "courses" / "mini"
SOLUTIONS = MINI / "solutions" / "lab1_mini"
RIGHT = {path.name: path.read_bytes() for path in SOLUTIONS.glob("*.py")}
WRONG_MEAN = {**RIGHT, "means.py": b"def mean(x):\n    return 3.0\n"}
NOTHING = {
    **RIGHT,
    "means.py": b"def mean(x):\n    raise NotImplementedError\n",
    "sums.py": b"def row_sums(x):\n    return 0\n",
}
WORKS = [RIGHT, WRONG_MEAN, NOTHING, {"lab1.zip": platforms.packed(RIGHT)}]
POINTS = [10.0, 4.0, 0.0, 10.0]


class StandIn:
    """Gives each submission the outcomes that its bytes deserve, without running any."""

    def __init__(self):
        self.broken = {}
        self.ran = []

    def run(self, plan, submissions):
        for submission in submissions:
            questions = plan.only.get(submission.student, ("1.1", "1.2"))
            self.ran += questions
            right = {
                "1.1": submission.files["sums.py"] == RIGHT["sums.py"],
                "1.2": submission.files["means.py"] == RIGHT["means.py"],
            }
            cases = [
                CaseResult(q, f"test_{q}", "x", Visibility.HIDDEN, Outcome.PASSED if right[q] else Outcome.FAILED)
                for q in questions
            ]
            yield Graded(submission, cases, 0.0)


@pytest.fixture
def course(tmp_path):
    shutil.copytree(MINI, tmp_path / "mini", ignore=shutil.ignore_patterns("__pycache__"))
    return load_course(tmp_path / "mini")


def week(course, folder, platform, students, executor):
    """One platform's round: what the importer takes back, by student's number."""
    folder.mkdir()
    assignment = load_assignment(course, "lab1")
    make, sheet = {
        "canvas": (platforms.canvas_zip, platforms.canvas_gradebook),
        "moodle": (platforms.moodle_zip, platforms.moodle_worksheet),
        "blackboard": (platforms.blackboard_zip, platforms.blackboard_gradebook),
        "gradescope": (platforms.gradescope_zip, platforms.own_roster),
    }[platform]
    bulk, grades = make(folder / "bulk.zip", students), sheet(folder / "grades.csv", students)
    book = folder / "gradebook.db"
    outcomes = grade_batch(
        course,
        "lab1",
        [bulk],
        gradebook=book,
        executor=executor,
        held=isolation(Grade.LIMITS),
        roster=read_roster(grades, assignment.due.tzinfo),
    )
    assert len(outcomes.graded) == len(students)
    with Gradebook.open(book) as opened:
        assert opened.check().problems == ()
        if platform == "gradescope":
            exported = export_grades(opened, course, assignment, "gradescope", out=folder / "out")
            return _gradescope(opened, exported.path, students)
        exported = export_grades(
            opened,
            course,
            assignment,
            platform,
            fill=grades,
            out=folder / "out.csv",
            column="Lab 1" if platform != "moodle" else None,
        )
        assert (exported.written, exported.remarks) == (len(students), [])
        _check_feedback(opened, course, assignment, platform, bulk, students, folder)
    content = (folder / "out.csv").read_bytes()
    if platform == "canvas":
        _, found = importers.canvas_import(content, [(s.canvas, s.sis, s.login, s.sortable) for s in students])
        return {s.number: found[s.canvas] for s in students}
    if platform == "moodle":
        found, _, skipped = importers.moodle_import(content, {int(s.moodle) for s in students}, maximum=10)
        assert skipped == []
        return {s.number: found[int(s.moodle)] for s in students}
    found = importers.blackboard_import(content, {s.login for s in students})
    return {s.number: found[s.login] for s in students}


def _check_feedback(book, course, assignment, platform, bulk, students, folder):
    if platform not in ("canvas", "moodle"):
        return
    exported = export_grades(book, course, assignment, "feedback-zip", fill=bulk, out=folder / "f.zip")
    assert exported.written == len(students)
    content = exported.path.read_bytes()
    if platform == "moodle":
        found = importers.moodle_feedback(content, {int(s.moodle) for s in students})
        pages = {s.number: found[int(s.moodle)] for s in students}
    else:
        with zipfile.ZipFile(bulk) as archive:
            attachments = {tuple(re.search(r"_(\d+)_(\d+)_", name).groups()) for name in archive.namelist()}
        found = importers.canvas_feedback(content, attachments)
        pages = {s.number: found[s.canvas] for s in students}
    for student in students:
        points = POINTS[student.number % len(WORKS)]
        assert f"<strong>{points:g}</strong> of 10 points" in pages[student.number]


def _gradescope(book, folder, students):
    from autograder.report.html import page_name

    known = book.names_by_identity()
    found = {}
    for student in students:
        name = page_name(known["email", student.email]).removesuffix(".html")
        found[student.number] = json.loads((folder / name / "results.json").read_text())["score"]
    return found


PLATFORMS = ["canvas", "moodle", "blackboard", "gradescope"]


def expected(students):
    return {student.number: POINTS[student.number % len(WORKS)] for student in students}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_small_class_comes_back_whole(course, tmp_path, platform):
    """Forty students with names that make trouble, some of them the same."""
    students = platforms.a_class(160, WORKS)[-40:] + platforms.a_class(28, WORKS)
    assert week(course, tmp_path / "w", platform, students, StandIn()) == expected(students)


@pytest.mark.proof
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_class_of_200_comes_back_whole(course, tmp_path, platform):
    """Graded by the real suite; then one question's test changes, and only that question is run again."""
    students = platforms.a_class(200, WORKS)
    assert week(course, tmp_path / "w", platform, students, LocalExecutor()) == expected(students)
    test = course.folder / "lab1_mini" / "tests" / "hidden" / "test_means.py"
    test.write_text(test.read_text() + "\n# clearer now\n")
    regraded = regrade(
        course,
        "lab1",
        gradebook=tmp_path / "w" / "gradebook.db",
        executor=LocalExecutor(),
        held=isolation(Grade.LIMITS),
    )
    assert {move.ran for move in regraded.moves} == {("1.2",)}
    assert (len(regraded.moves), [move for move in regraded.moves if move.points]) == (200, [])

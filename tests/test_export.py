"""Grades in the formats of others, by the rules of those who read them."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import importers
import msgspec
import platforms
import pytest

from autograder.errors import AutograderError
from autograder.export.classroom50 import Run, classroom50_result, whole
from autograder.export.feedback import feedback_zip
from autograder.export.files import as_csv, as_json, as_junit
from autograder.export.gradefiles import Who, fill_blackboard, fill_canvas, fill_moodle
from autograder.export.gradescope import gradescope_results
from autograder.model import (
    Assignment,
    CaseResult,
    Deduction,
    Feedback,
    FeedbackLevel,
    Grade,
    Limits,
    Outcome,
    Question,
    Visibility,
)
from autograder.rules import LatePolicy
from autograder.scoring import Lateness, score, with_lateness
from autograder.sheet import inert
from autograder.speed_rules import SpeedResult
from autograder.standing import Standing

NOW = datetime(2026, 10, 2, 8, 30, tzinfo=UTC)
SECRET = "expected 0.7310585786300049"
QUESTIONS = (
    Question("1.1", "Row sums", 4.0, "sums.py", Limits()),
    Question("1.2", "A stable mean", 6.0, "means.py", Limits()),
    Question("1.3", "Variance", 2.5, "means.py", Limits(), bonus=True),
)
LAB = Assignment("lab1_mini", "Lab 1: sums", Path("lab1"), Path("solutions"), Path("template"), QUESTIONS)


def case(question, name, outcome=Outcome.PASSED, visibility=Visibility.HIDDEN, weight=1.0, **feedback):
    return CaseResult(question, name, f"What {name} checks.", visibility, outcome, weight, 0.1, Feedback(**feedback))


def graded(*cases, student="ada", notes=()):
    return score(LAB, student, cases, notes)


MIXED = (
    case("1.1", "test_a", visibility=Visibility.PUBLIC),
    case("1.1", "test_b", Outcome.FAILED, weight=2.0, message="sums is wrong", detail=SECRET, hint="Add the rows."),
    case("1.2", "test_c", Outcome.GRADER_ERROR),
    case("1.2", "test_d"),
    case("1.2", "test_e", Outcome.SKIPPED),
    case("1.3", "test_f"),
)

# ---- Gradescope: https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format

TOP = {"score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility"}
TOP |= {"stdout_visibility", "extra_data", "tests", "leaderboard"}
TEST = {"score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags"}
TEST |= {"visibility", "extra_data"}
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}


def check_gradescope(results):
    """The rules of results.json that Gradescope's page states."""
    assert set(results) <= TOP
    assert "score" in results or all("score" in test for test in results["tests"])
    assert isinstance(results["score"], int | float)
    for test in results["tests"]:
        assert set(test) <= TEST
        assert test.get("visibility", "visible") in VISIBILITIES
        assert test.get("status", "passed") in ("passed", "failed")
        assert isinstance(test.get("number", ""), str)
    json.dumps(results, allow_nan=False)


def test_gradescope_takes_the_results():
    """Every key is one that Gradescope knows, and the score is the grade's."""
    results = gradescope_results(
        graded(*MIXED, notes=["found your files in lab1"]), FeedbackLevel.HINT, seconds=1.23456
    )
    check_gradescope(results)
    assert results["score"] == pytest.approx(4 / 3 + 3 + 2.5, abs=1e-12)  # three terms in double precision
    assert results["execution_time"] == 1.235
    assert "found your files in lab1" in results["output"]
    assert "Up to 3 more are held back by 1 grader error" in results["output"]


def test_gradescope_scores_add_up_to_the_points():
    """Where nothing is open, the tests' scores are the total and their maxima all points."""
    grade = graded(*(case(q.id, f"test_{q.id}_{n}", weight=1 + n) for q in QUESTIONS for n in range(3)))
    tests = gradescope_results(grade, FeedbackLevel.FULL)["tests"]
    assert sum(test["score"] for test in tests) == pytest.approx(grade.points, abs=1e-12)  # nine terms
    assert sum(test["max_score"] for test in tests) == pytest.approx(12.5, abs=1e-12)


def test_gradescope_judges_no_test_whose_outcome_is_unknown():
    """A grader error and a skipped test are neither passed nor failed."""
    tests = {test["name"].split()[2]: test for test in gradescope_results(graded(*MIXED), FeedbackLevel.HINT)["tests"]}
    assert "status" not in tests["test_c"]
    assert "score" not in tests["test_c"]
    assert "status" not in tests["test_e"]
    assert (tests["test_b"]["status"], tests["test_d"]["status"]) == ("failed", "passed")


def test_gradescope_ranks_measured_speed():
    """One column for each question whose speed was measured, the least time first; no leaderboard without any."""
    speed = SpeedResult(1.23456, 1.2, 1.3, 15, "cpu", 1.2e-3, 1e-3, 1.5, 6.0, 1.0)
    timed = msgspec.structs.replace(case("1.2", "test_d"), speed=speed)
    results = gradescope_results(graded(case("1.1", "test_a"), timed), FeedbackLevel.HINT)
    check_gradescope(results)
    column = {"name": "1.2 A stable mean, time (reference: 1)", "value": 1.235, "order": "asc"}
    assert results["leaderboard"] == [column]
    assert "leaderboard" not in gradescope_results(graded(*MIXED), FeedbackLevel.HINT)


def test_gradescope_shows_no_more_than_the_assignment_allows():
    """Values of hidden tests stand in the file only at the level `full`."""
    grade = graded(*MIXED)
    assert SECRET not in json.dumps(gradescope_results(grade, FeedbackLevel.HINT))
    assert "hint: Add the rows." in json.dumps(gradescope_results(grade, FeedbackLevel.HINT))
    assert "Add the rows." not in json.dumps(gradescope_results(grade, FeedbackLevel.NAME))
    assert SECRET in json.dumps(gradescope_results(grade, FeedbackLevel.FULL))


def test_no_control_character_reaches_a_platform():
    """Escape sequences and bidi overrides of a student's are shown, not sent."""
    hostile = case("1.1", "test_a", Outcome.ERROR, Visibility.PUBLIC, error="\x1b[2J\u202egnp\ud800", message="wrong")
    text = json.dumps(gradescope_results(graded(hostile), FeedbackLevel.FULL), ensure_ascii=False)
    assert not {"\x1b", "\u202e", "\ud800"} & set(text)


# ---- Classroom 50


def check_classroom50(result):
    """The rules of `classroom50/result/v1`."""
    assert result["schema"] == "classroom50/result/v1"
    assert list(result)[1:7] == ["classroom", "assignment", "submission", "commit", "release", "review"]
    for entry in (result, *result["tests"]):
        assert type(entry["score"]) is int
        assert type(entry["max-score"]) is int
    assert all(set(test) == {"test-name", "passed", "score", "max-score"} for test in result["tests"])
    assert sum(test["score"] for test in result["tests"]) == result["score"]
    datetime.fromisoformat(result["datetime"])


def test_classroom50_takes_the_result():
    """Whole numbers that add up, with a test for each question."""
    result = classroom50_result(graded(*MIXED), Run("dl-2026", "lab1", commit="abc"), now=NOW)
    check_classroom50(result)
    assert (result["score"], result["max-score"], result["datetime"]) == (7, 10, "2026-10-02T08:30:00Z")
    assert [test["passed"] for test in result["tests"]] == [False, False, True]
    assert result["tests"][2]["max-score"] == 0  # bonus


@pytest.mark.parametrize(
    ("parts", "expected"),
    [([], []), ([1.5, 1.5], [2, 1]), ([1 / 3, 1 / 3, 1 / 3], [1, 0, 0]), ([2.0, 5.0], [2, 5]), ([0.4, 0.4], [1, 0])],
)
def test_rounded_parts_add_up_to_the_rounded_sum(parts, expected):
    """Largest remainders first, the earlier of equals."""
    assert whole(parts) == expected


# ---- the grade files of Canvas, Moodle and Blackboard


@pytest.fixture
def students():
    return platforms.a_class(12, [{"sums.py": b"x"}])


def identities_of(students):
    found = {}
    for student in students:
        ids = {"canvas": student.canvas, "moodle": student.moodle, "blackboard": student.login, "login": student.login}
        found.update(dict.fromkeys({**ids, "sis": student.sis}.items(), student.name))
    return found


def standing_of(student, earned, **changes):
    grade = Grade(student.name, (), earned, changes.pop("open_points", 0.0), 10.0, (), **changes)
    return Standing(grade, None)


def who_of(students, **changes):
    """Every student but the last has points; `changes` are grades by number."""
    found = [standing_of(student, 0.5 * student.number) for student in students[:-1]]
    for number, change in changes.items():
        found[int(number[1:]) - 1] = standing_of(students[int(number[1:]) - 1], **change)
    return Who(found, identities_of(students))


def test_canvas_takes_back_its_own_gradebook(tmp_path, students):
    """Every final grade arrives at its student, nobody's cell is blank, an excuse is EX, other columns are gone."""
    path = platforms.canvas_gradebook(tmp_path / "g.csv", students)
    who = who_of(students, n1={"earned": 0.0, "excused": True}, n2={"earned": 1.0, "open_points": 3.0})
    filled = fill_canvas(path, LAB, who, column="Lab 1")
    known = [(s.canvas, s.sis, s.login, s.sortable) for s in students]
    assignment, grades = importers.canvas_import(filled.content, known)
    expected = {s.canvas: 0.5 * s.number for s in students[2:-1]}
    assert (assignment, grades) == ("4711", {students[0].canvas: "EX", **expected})
    assert (filled.written, filled.not_final, filled.ungraded, filled.not_listed) == (10, [students[1].name], 1, [])


def test_moodle_takes_back_its_own_worksheet(tmp_path, students):
    """Grades and feedback arrive, nothing is skipped, what would be is told of."""
    path = platforms.moodle_worksheet(tmp_path / "w.csv", students)
    text = path.read_bytes().decode("utf-8-sig")
    rows = text.split("\r\n")
    rows[4] = rows[4].replace(",Yes,", ",No,")
    path.write_bytes("\r\n".join(rows).encode())
    who = who_of(students, n3={"earned": 12.5, "deductions": (Deduction(1.0, "late <b>"),)})
    filled = fill_moodle(path, LAB, who)
    grades, feedback, skipped = importers.moodle_import(filled.content, {int(s.moodle) for s in students}, maximum=10)
    expected = {int(s.moodle): 0.5 * s.number for s in students[:-1] if s.number not in (3, 4)}
    assert grades == {**expected, int(students[2].moodle): 10.0}
    assert skipped == []
    assert "late &lt;b&gt;" in feedback[int(students[2].moodle)]
    assert (filled.clipped, filled.ungraded) == ([students[2].name], 1)
    assert filled.skipped == [f"Participant {students[3].moodle}: Moodle says that the grade cannot be changed"]


def test_blackboard_takes_back_its_own_file(tmp_path, students):
    """In its encoding, with the column's number."""
    path = platforms.blackboard_gradebook(tmp_path / "b.xls", students)
    filled = fill_blackboard(path, LAB, who_of(students))
    assert importers.blackboard_import(filled.content, {s.login for s in students}) == {
        s.login: 0.5 * s.number for s in students[:-1]
    }


def test_grade_files_are_written_as_they_were(tmp_path, students):
    """Golden: the mark, the line ends, the ids with their zeros, the platform's own rows; names are no formulas."""
    path = platforms.canvas_gradebook(tmp_path / "g.csv", students[:2])
    filled = fill_canvas(path, LAB, who_of(students[:3]), column="Lab 1 (4711)")
    assert filled.content.decode() == (
        "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Lab 1 (4711)\r\n"
        "    Points Possible,,,,,10\r\n"
        f'"{students[0].sortable}",70001,0001,u00001,Section 1,0.5\r\n'
        f'"{students[1].sortable}",70002,0002,u00002,Section 1,1\r\n'
    )


def test_points_are_scaled_only_if_asked(tmp_path, students):
    """Otherwise another maximum is one line that says what to do."""
    path = platforms.canvas_gradebook(tmp_path / "g.csv", students, points=100)
    with pytest.raises(AutograderError) as caught:
        fill_canvas(path, LAB, who_of(students), column="Lab 1")
    assert "Lab 1 (4711) is out of 100 points, lab1_mini out of 10; change one of them, or export with --scale" in str(
        caught.value
    )
    filled = fill_canvas(path, LAB, who_of(students), column="Lab 1", scale=True)
    _, grades = importers.canvas_import(filled.content, [(s.canvas, "", "", "") for s in students])
    assert grades[students[0].canvas] == 5.0


@pytest.mark.parametrize(
    ("fill", "text", "message"),
    [
        (fill_canvas, "Name,ID,A,B\nx,1,2,3\n", "is not a gradebook of Canvas; export it with Grades > Export"),
        (fill_canvas, "Student,ID,SIS Login ID,Section,Quiz (1)\nx,1,2,3,\n", "0 columns are named like 'Lab 1: sums'"),
        (fill_moodle, "Identifier,Grade\nParticipant 1,\n", "has no column 'last modified (grade)'"),
        (fill_blackboard, "Name,Grade\nx,1\n", "has no column 'Username'"),
        (fill_blackboard, "Username,Grade\nx,1\n", "0 columns are named"),
        (fill_canvas, "", "holds no students; download the grade file again"),
    ],
)
def test_wrong_files_to_fill_are_one_line(tmp_path, students, fill, text, message):
    """With what to do."""
    (tmp_path / "f.csv").write_text(text)
    with pytest.raises(AutograderError) as caught:
        fill(tmp_path / "f.csv", LAB, who_of(students))
    assert message in str(caught.value)


# ---- spreadsheets, programs, continuous integration

FORMULAS = ["=SUM(A1)", "+1", "-1", "@home", "\t=1", "  =1", "\uff1dcmd|' /C calc'!A0", "\r=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text):
    """An apostrophe makes it text; numbers and names stay as they are."""
    assert inert(text) == f"'{text}"
    assert [inert(name) for name in ("Jane", "0001", "1.5", "", "O'Brien")] == ["Jane", "0001", "1.5", "", "O'Brien"]


def test_the_table_holds_no_formulas(students):
    """Names of students', reasons with a minus."""
    hostile = [standing_of(type(students[0])(text, "x", 1), 1.0) for text in FORMULAS]
    rows = list(csv.reader(io.StringIO(as_csv(LAB, hostile).decode("utf-8-sig"))))
    assert all(not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d")) for row in rows for cell in row)
    assert len(rows) == 1 + len(FORMULAS)


def full_standing():
    taken = with_lateness(graded(*MIXED), LatePolicy(take=0.1), Lateness(3600.0, 0, 0.1, "handed in 1 hour late"))
    return Standing(taken, None, submitted_at=NOW)


def test_golden_files(tmp_path):
    """CSV, JSON, JUnit and Gradescope of one grade, as they stand in tests/golden; what changes there is looked at."""
    level = FeedbackLevel.HINT
    found = [full_standing()]
    made = {
        "grades.csv": as_csv(LAB, found),
        "grades.json": as_json(LAB, found),
        "junit.xml": as_junit(LAB, found, level),
        "results.json": json.dumps(gradescope_results(found[0].grade, level, seconds=1.5), indent=1).encode() + b"\n",
        "result.json": json.dumps(classroom50_result(found[0].grade, Run("c", "a"), now=NOW), indent=1).encode()
        + b"\n",
    }
    golden = Path(__file__).parent / "golden"
    assert {name: content for name, content in made.items() if (golden / name).read_bytes() != content} == {}


def test_junit_is_what_readers_expect():
    """Counts fit the cases; failures are the student's, errors the grader's; no value of a hidden test."""
    content = as_junit(LAB, [full_standing()], FeedbackLevel.HINT)
    (suite,) = ElementTree.fromstring(content)
    cases = suite.findall("testcase")
    assert (len(cases), suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        6,
        "6",
        "1",
        "1",
        "1",
    )
    assert SECRET.encode() not in content
    assert [node.tag for case in cases for node in case] == ["failure", "error", "skipped"]


def test_hostile_text_is_valid_xml():
    """NUL, escape sequences, half surrogates, FFFE."""
    hostile = case(
        "1.1", "test_a", Outcome.ERROR, Visibility.PUBLIC, error="\0\x1b[2J\ud800\ufffe]]>", message="<a>&\0"
    )
    content = as_junit(LAB, [Standing(graded(hostile, student="\0\ufffe<b>"), None)], FeedbackLevel.FULL)
    ElementTree.fromstring(content)


# ---- feedback


def test_moodle_and_canvas_hand_each_page_to_its_student(tmp_path, students):
    """By the download's numbers; without it by the gradebook's; names with underscores do not mislead Moodle."""
    ids = identities_of(students)
    found = [standing_of(student, 1.0) for student in students]

    def page(entry):
        return f"page of {entry.grade.student}"

    participants = {int(s.moodle) for s in students}
    expected = {int(s.moodle): f"page of {s.name}" for s in students}
    for folders in (True, False):
        download = platforms.moodle_zip(tmp_path / f"m{folders}.zip", students, folders=folders)
        assert importers.moodle_feedback(feedback_zip(found, page, ids, download).content, participants) == expected
    assert importers.moodle_feedback(feedback_zip(found, page, ids, None).content, participants) == expected

    download = platforms.canvas_zip(tmp_path / "c.zip", students[1:])
    with zipfile.ZipFile(download) as archive:
        attachments = {tuple(re.search(r"_(\d+)_(\d+)_", name).groups()) for name in archive.namelist()}
    pages = feedback_zip(found, page, ids, download)
    assert importers.canvas_feedback(pages.content, attachments) == {
        s.canvas: f"page of {s.name}" for s in students[1:]
    }
    assert pages.unknown == [students[0].name]


def test_feedback_without_a_platform(students):
    """A folder each."""
    found = [standing_of(student, 1.0) for student in students]
    with zipfile.ZipFile(io.BytesIO(feedback_zip(found, lambda entry: "x", {}, None).content)) as archive:
        assert len(set(archive.namelist())) == 12
        assert all(re.fullmatch(r"[a-z0-9-]+/feedback\.html", name) for name in archive.namelist())


def test_a_download_that_takes_nothing_back_is_one_line(tmp_path, students):
    """Blackboard's, or no zip at all."""
    download = platforms.blackboard_zip(tmp_path / "b.zip", students)
    with pytest.raises(AutograderError, match="is not a zip of Canvas's or Moodle's; other platforms take none back"):
        feedback_zip([], lambda entry: "x", {}, download)
    (tmp_path / "x.zip").write_text("no")
    with pytest.raises(AutograderError, match=r"x\.zip: is not a zip of submissions"):
        feedback_zip([], lambda entry: "x", {}, tmp_path / "x.zip")

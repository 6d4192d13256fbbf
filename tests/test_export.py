"""Grades in the formats of others, by the rules of those who read them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.export.classroom50 import Run, classroom50_result, whole
from autograder.export.gradescope import gradescope_results
from autograder.model import (
    Assignment,
    CaseResult,
    Feedback,
    FeedbackLevel,
    Limits,
    Outcome,
    Question,
    Visibility,
)
from autograder.scoring import score

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

"""From a measured ratio to points: facts that hold for any thresholds."""

import json

import msgspec
import pytest

from autograder.course import load_assignment, load_course
from autograder.errors import CourseError
from autograder.gradebook.rows import _case, case_row
from autograder.model import CaseResult, Outcome, Visibility
from autograder.scoring import case_points, score
from autograder.speed_rules import SpeedBonus, SpeedCheck, SpeedResult, credit

CHECK = SpeedCheck(share=0.1, full=1.25, zero=4.0)


def result(earned):
    return SpeedResult(1.5, 1.4, 1.6, 15, "cpu", 0.015, 0.01, 1.25, 4.0, earned)


def test_the_credit_falls_from_one_to_nothing():
    """All of it up to `full`, none from `zero` on, half of it halfway on a logarithmic scale."""
    assert [credit(CHECK, low, low) for low in (0.1, 1.0, 1.25, 4.0, 100.0)] == [1, 1, 1, 0, 0]
    assert credit(CHECK, (1.25 * 4.0) ** 0.5, 9.0) == pytest.approx(0.5)


def test_the_student_has_the_benefit_of_the_doubt():
    """Only the end of the interval that is better for the student counts."""
    assert credit(CHECK, 1.2, 50.0) == 1


def test_a_bonus_needs_the_whole_interval():
    """It follows from the end of the interval that is worse for the student."""
    check = msgspec.structs.replace(CHECK, bonus=SpeedBonus(ratio=0.5, share=0.05))
    assert credit(check, 0.4, 0.5) == pytest.approx(1.5)
    assert credit(check, 0.4, 0.5**0.5) == pytest.approx(1.25)
    assert credit(check, 0.4, 1.01) == 1
    assert credit(check, 0.3, 0.2) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{share: 0}", "speed.share: 0 is not between 0 and 1; the tests have the rest"),
        ("{full: 3, zero: 2}", "speed.full: 3 and zero: 2 must be ratios with 1 <= full < zero"),
        ("{full: 0.5}", "speed.full: 0.5 and zero: 3 must be ratios with 1 <= full < zero"),
        ("{bonus: {ratio: 2, share: 0.1}}", "speed.bonus: needs a ratio between 0 and 1, and a share above 0"),
        ("{sizes: {samples: 0}}", "speed.sizes: must be 1 or more"),
        ("{sise: {samples: 1}}", 'speed.sise: unknown key. Did you mean "sizes"?'),
    ],
)
def test_wrong_numbers_are_named(make_course, text, problem):
    """One line of file, key and remedy."""
    from conftest import ASSIGNMENT

    folder = make_course(assignment=ASSIGNMENT.replace("points: 4}", f"points: 4, speed: {text}}}"))
    with pytest.raises(CourseError) as caught:
        load_assignment(load_course(folder), "tiny")
    assert str(caught.value) == f"assignments/tiny/assignment.yaml: questions[1].{problem}"


def test_a_speed_check_earns_a_part_of_its_share(make_course):
    """The rest of the question is not touched."""
    assignment = load_assignment(load_course(make_course()), "tiny")
    tests = [CaseResult("2", f"t{i}", "", Visibility.HIDDEN, Outcome.PASSED, 1.5) for i in range(2)]
    timed = CaseResult("2", "speed", "", Visibility.HIDDEN, Outcome.FAILED, 1.0, speed=result(0.25))
    (_, entry) = score(assignment, "ann", [*tests, timed]).questions
    assert (entry.points, entry.open_points) == (3.25, 0)
    assert [points for _, *points in case_points(entry)] == [[1.5, 1.5], [1.5, 1.5], [0.25, 1.0]]


def test_a_result_comes_back_from_the_gradebook():
    """As it was measured; nothing where nothing was."""
    for speed in (result(0.25), None):
        case = CaseResult("2", "speed", "", Visibility.HIDDEN, Outcome.FAILED, speed=speed)
        names = ("attempt_id", "position", "question_id", "name", "title", "visibility", "outcome", "weight", "seconds")
        row = dict(zip((*names, "feedback", "speed"), case_row(1, 0, "2", case), strict=True))
        assert _case(row) == case
        assert row["speed"] is None or json.loads(row["speed"])["pairs"] == 15

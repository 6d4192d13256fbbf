"""What lateness costs, slip days, marks: pure functions, and the words of the course file for them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from autograder.errors import AutograderError, CourseError
from autograder.marking import Wish, due_mark, make_mark, read_marks, read_time
from autograder.model import Assignment, CaseResult, Limits, Outcome, Question, Visibility
from autograder.policies import CurveFile, LateFile, late_policy, moment, share, span_s
from autograder.rules import LateBase, LatePolicy, Mark, MarkKind
from autograder.scoring import (
    lateness,
    score,
    slip_days_needed,
    slip_days_used,
    with_lateness,
    with_marks,
    with_total,
)

DUE = datetime(2026, 10, 1, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
H, D = 3600.0, 86400.0
TENTH = LatePolicy(take=0.1)
QUESTIONS = (
    Question("1.1", "One", 40.0, "one.py", Limits()),
    Question("1.2", "Two", 60.0, "two.py", Limits()),
    Question("1.3", "Essay", 20.0, "two.py", Limits(), bonus=True, manual=True),
)
LAB = Assignment("lab1", "Lab 1", Path("a"), Path("s"), Path("t"), QUESTIONS, due=DUE)


def after(**span):
    return DUE + timedelta(**span)


def case(question, outcome=Outcome.PASSED, weight=1.0):
    return CaseResult(question, f"test_{question}_{outcome}", "x", Visibility.HIDDEN, outcome, weight)


def graded(*outcomes):
    """40 of 100 points certain, 1.2 half right: 30 more; 1.3 is a person's."""
    return score(LAB, "ada", [case("1.1"), case("1.2"), case("1.2", Outcome.FAILED)])


def cost(policy, **span):
    return lateness(policy, DUE, after(**span)).share


# ---- penalties


@pytest.mark.parametrize(
    ("policy", "span", "expected"),
    [
        (TENTH, {"seconds": 0}, 0.0),
        (TENTH, {"seconds": -1}, 0.0),
        (TENTH, {"seconds": 1}, 0.1),
        (TENTH, {"days": 1}, 0.1),
        (TENTH, {"days": 1, "seconds": 1}, 0.2),
        (TENTH, {"days": 30}, 1.0),
        (LatePolicy(take=0.01, per_s=H), {"hours": 2.5}, 0.03),
        (LatePolicy(take=0.1, grace_s=900), {"minutes": 15}, 0.0),
        (LatePolicy(take=0.1, grace_s=900), {"minutes": 15, "seconds": 1}, 0.1),
        (LatePolicy(take=0.1, at_most=0.25), {"days": 9}, 0.25),
        (LatePolicy(take=0.1, closes_s=2 * D), {"days": 2}, 0.2),
        (LatePolicy(take=0.1, closes_s=2 * D), {"days": 2, "seconds": 1}, 1.0),
        (LatePolicy(take=0.1, at_most=0.25, closes_s=2 * D), {"days": 3}, 1.0),
        (LatePolicy(curve=((0.0, 0.05), (D, 0.2))), {"hours": 1}, 0.05),
        (LatePolicy(curve=((0.0, 0.05), (D, 0.2))), {"days": 1}, 0.05),
        (LatePolicy(curve=((0.0, 0.05), (D, 0.2))), {"days": 1, "seconds": 1}, 0.2),
        (LatePolicy(curve=((H, 0.05),)), {"minutes": 30}, 0.0),
        (LatePolicy(curve=((D, 0.2), (3 * D, 0.6)), smooth=True), {"hours": 12}, 0.1),
        (LatePolicy(curve=((D, 0.2), (3 * D, 0.6)), smooth=True), {"days": 2}, 0.4),
        (LatePolicy(curve=((D, 0.2), (3 * D, 0.6)), smooth=True), {"days": 9}, 0.6),
    ],
)
def test_what_is_taken(policy, span, expected):
    """Begun periods, steps, straight lines, grace, cap and closing time, at their edges."""
    assert cost(policy, **span) == pytest.approx(expected, abs=1e-12)  # one product in double precision


def test_the_clock_of_the_zone_does_not_matter():
    """The night in which the clocks go back has 25 hours, and lateness counts those that passed."""
    due = datetime(2026, 10, 24, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    submitted = datetime(2026, 10, 25, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    assert lateness(TENTH, due.astimezone(UTC), submitted).late_s == 25 * H
    assert lateness(TENTH, due.astimezone(UTC), submitted).share == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("policy", "span", "slip", "reason"),
    [
        (TENTH, {"days": 1, "hours": 3}, 0, "handed in 1 day 3 hours after the due time (1 October 2026, 23:59 CEST): 20 % of the points earned"),
        (TENTH, {"minutes": 5}, 0, "handed in 5 minutes after the due time (1 October 2026, 23:59 CEST): 10 % of the points earned"),
        (
            LatePolicy(take=0.1, slip_days=2),
            {"hours": 30},
            1,
            "handed in 1 day 6 hours after the due time (1 October 2026, 23:59 CEST); 1 slip day used: 10 % of the points earned",
        ),
        (
            LatePolicy(take=0.1, slip_days=2),
            {"hours": 30},
            2,
            "handed in 1 day 6 hours after the due time (1 October 2026, 23:59 CEST); 2 slip days used",
        ),
        (
            LatePolicy(take=0.5, at_most=0.5, of=LateBase.MAXIMUM),
            {"days": 4},
            0,
            "handed in 4 days after the due time (1 October 2026, 23:59 CEST): 50 % of all points, the most that is taken",
        ),
        (
            LatePolicy(take=0.1, closes_s=D),
            {"days": 4},
            0,
            "handed in 4 days after the due time (1 October 2026, 23:59 CEST); nothing counts later than 1 day",
        ),
    ],
)  # fmt: skip
def test_every_deduction_says_why(policy, span, slip, reason):
    """How late, after which time, what was used, what is taken of what."""
    assert lateness(policy, DUE, after(**span), slip).reason == reason


def test_a_deduction_comes_off_the_points_earned():
    """And off what is still open; points, deductions and questions add up."""
    grade = with_lateness(graded(), TENTH, lateness(TENTH, DUE, after(hours=30)))
    assert (grade.points, grade.open_points) == (56.0, 16.0)
    assert [taken.points for taken in grade.deductions] == [14.0]
    assert sum(entry.points for entry in grade.questions) - 14.0 == grade.points


def test_a_deduction_may_be_a_share_of_all_points():
    """It never takes more than there is, and leaves open points alone."""
    policy = LatePolicy(take=0.1, of=LateBase.MAXIMUM)
    assert with_lateness(graded(), policy, lateness(policy, DUE, after(hours=30))).points == 50.0
    nothing = with_lateness(score(LAB, "ada", []), policy, lateness(policy, DUE, after(days=3)))
    assert (nothing.points, nothing.open_points) == (0.0, 120.0)


def test_after_closing_nothing_is_left():
    """Neither points nor open ones, whatever the base."""
    for base in LateBase:
        policy = LatePolicy(take=0.1, of=base, closes_s=D)
        grade = with_lateness(graded(), policy, lateness(policy, DUE, after(days=2)))
        assert (grade.points, grade.open_points) == (0.0, 0.0)


def test_in_time_takes_nothing():
    """The grade is the same object's worth."""
    assert with_lateness(graded(), TENTH, lateness(TENTH, DUE, after(hours=-1))) == graded()


# ---- slip days


@pytest.mark.parametrize(
    ("span_seconds", "expected"), [(0, 0), (900, 0), (901, 1), (D, 1), (D + 1, 2), (5 * D, 3), (-5, 0)]
)
def test_slip_days_needed(span_seconds, expected):
    """Whole days, none within the grace, at most what the assignment allows."""
    assert slip_days_needed(LatePolicy(take=0.1, grace_s=900, slip_days=3), span_seconds) == expected


def test_slip_days_run_out():
    """Earlier assignments use them first."""
    assert slip_days_used(4, [1, 2, 3, 1]) == [1, 2, 1, 0]
    assert slip_days_used(0, [1]) == [0]


# ---- marks


def points(value, question="1.2", **rest):
    return Mark(MarkKind.POINTS, "prof", "why", question, points=value, **rest)


def test_points_of_staff_count_instead_of_the_tests():
    """A question's mark changes the sum and closes what was open; the cases stay."""
    grade = with_marks(graded(), [points(55.0), points(11.0, "1.3")])
    assert (grade.points, grade.open_points) == (106.0, 0.0)
    assert [entry.points for entry in grade.questions] == [40.0, 55.0, 11.0]
    assert len(grade.questions[1].cases) == 2


def test_a_mark_that_was_taken_back_changes_nothing():
    """Without points, the tests count again."""
    assert with_marks(graded(), [points(None)]) == graded()


def test_a_question_that_a_person_grades_is_open_until_they_did():
    """Whatever its tests say, and without being a fault of the grader's."""
    grade = score(LAB, "ada", [case("1.1"), case("1.2"), case("1.3")])
    assert (grade.points, grade.open_points, grade.held_back) == (100.0, 20.0, 0.0)
    assert grade.settled


def test_a_total_of_staff_is_the_last_word():
    """Nothing is taken off it, and nothing is open."""
    late = with_lateness(graded(), TENTH, lateness(TENTH, DUE, after(days=3)))
    grade = with_total(late, [points(80.0, "")])
    assert (grade.points, grade.open_points, grade.deductions) == (80.0, 0.0, ())


def test_marks_are_made_from_what_is_typed():
    """Points, a due time of the student's own in the assignment's zone, a hand-in time, a submission, an excuse."""
    made = [
        make_mark(LAB, wish, {"abc1", "abd2"}, who="prof", why="why")
        for wish in (
            Wish("1.2", 5.0, "good"),
            Wish(extend="2 days"),
            Wish(due="2026-10-05 12:00"),
            Wish(submitted_at="2026-10-01T22:00:00+00:00"),
            Wish(digest="abd"),
            Wish(excuse=True),
            Wish(take_back="due"),
        )
    ]
    assert (made[0].points, made[0].comment, made[0].question) == (5.0, "good", "1.2")
    assert made[1].moment == after(days=2)
    assert made[2].moment == datetime(2026, 10, 5, 10, 0, tzinfo=UTC)
    assert made[3].moment == datetime(2026, 10, 1, 22, 0, tzinfo=UTC)
    assert (made[4].submission, made[5].excused) == ("abd2", True)
    assert (made[6].kind, made[6].moment) == (MarkKind.DUE, None)


@pytest.mark.parametrize(
    ("wish", "why", "message"),
    [
        (Wish(), "w", "give one of --points, --due, --extend, --submitted-at, --use, --excuse, --take-back"),
        (Wish(points=1.0, excuse=True), "w", "give one of --points"),
        (Wish(points=1.0), "  ", "say why: the reason stays in the gradebook (--why)"),
        (Wish("1.9", 1.0), "w", "lab1 has no question '1.9'; it has 1.1, 1.2, 1.3"),
        (Wish("1.1", 41.0), "w", "41 points: question 1.1 has 0 to 40"),
        (Wish("", 121.0), "w", "121 points: lab1 has 0 to 120"),
        (Wish("1.1", -1.0), "w", "-1 points: question 1.1 has 0 to 40"),
        (Wish("1.1", float("nan")), "w", "nan points: question 1.1 has 0 to 40"),
        (Wish(digest="ab"), "w", "--use ab: 2 of the student's submissions begin so"),
        (Wish(digest="zz"), "w", "--use zz: 0 of the student's submissions begin so"),
        (Wish("1.1", excuse=True), "w", "--question and --comment go with --points"),
        (Wish(extend="soon"), "w", '--extend: "soon" is not a span of time'),
        (Wish(due="soon"), "w", '--due: "soon" is not a time'),
    ],
)
def test_wrong_wishes_are_one_line(wish, why, message):
    """Each says what is wrong."""
    with pytest.raises(AutograderError) as caught:
        make_mark(LAB, wish, {"ab1", "ab2"}, who="prof", why=why)
    assert str(caught.value).startswith(message)


def test_without_a_due_time_there_is_nothing_to_extend():
    """And a time needs its zone."""
    lab = msgspec.structs.replace(LAB, due=None)
    with pytest.raises(AutograderError, match="lab1 has no due time to extend; give one with --due"):
        due_mark(lab, due=None, extend="1 day", who="p", why="w")
    with pytest.raises(AutograderError, match="has no time zone"):
        read_time("2026-10-05 12:00", lab, "--due")


def test_a_table_of_points_is_read(tmp_path):
    """With either separator, decimal commas and a mark of byte order; rows without points are nobody's."""
    table = tmp_path / "marks.csv"
    table.write_bytes("\ufeffStudent;Question;Points;Comment\nada;1.3;17,5;clear\nbob;1.3;;\ncem;1.2;4;\n".encode())
    marks = read_marks(table, LAB, who="ta", why=None)
    assert [(name, mark.question, mark.points, mark.comment, mark.why) for name, mark in marks] == [
        ("ada", "1.3", 17.5, "clear", "graded by hand"),
        ("cem", "1.2", 4.0, "", "graded by hand"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("student,question\nada,1.1\n", "marks.csv: has no column 'points'; it may have student, question, points"),
        ("student,points\nada,many\n", "marks.csv: line 2: 'many' is not a number of points"),
        ("student,question,points\nada,1.1,5\nbob,1.1,99\n", "marks.csv: line 3: 99 points: question 1.1 has 0 to 40"),
        ("student,question,points\nada,7,5\n", "marks.csv: line 2: lab1 has no question '7'"),
    ],
)
def test_a_wrong_table_names_the_line(tmp_path, text, message):
    """Nothing of it is used."""
    table = tmp_path / "marks.csv"
    table.write_text(text)
    with pytest.raises(AutograderError) as caught:
        read_marks(table, LAB, who="ta", why="w")
    assert message in str(caught.value)


# ---- the course file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15 minutes", 900),
        ("15min", 900),
        ("2 days 12 hours", 2.5 * D),
        ("2d, 12h", 2.5 * D),
        ("day", D),
        ("1.5 hours", 5400),
        ("0 minutes", 0),
        ("90s", 90),
    ],
)
def test_spans(text, expected):
    """As people write them."""
    assert span_s(text, "x") == expected


@pytest.mark.parametrize("text", ["", "soon", "15", "-1 day", "1 week", "1 days2", "day day"])
def test_no_spans(text):
    """One line that shows how."""
    with pytest.raises(CourseError, match=r'x: ".*" is not a span of time; write it like "15 minutes" or "2 days'):
        span_s(text, "x")


def test_a_time_may_name_its_zone():
    """Daylight saving included."""
    assert moment("2026-10-01 23:59 Europe/Berlin", "due").astimezone(UTC) == datetime(2026, 10, 1, 21, 59, tzinfo=UTC)
    assert moment("2026-12-01 23:59 Europe/Berlin", "due").astimezone(UTC) == datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
    assert moment("2026-12-01T23:59 UTC", "due") == datetime(2026, 12, 1, 23, 59, tzinfo=UTC)
    assert moment("2026-12-01 23:59:00+05:30", "due").utcoffset() == timedelta(hours=5.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-10-01 23:59 Europe/Berlim", 'due: no time zone is called "Europe/Berlim"; write it like Europe/Berlin'),
        ("2026-10-01 23:59+02:00 Europe/Berlin", "has two time zones; keep one"),
        ("2026-10-01 23:59", "has no time zone; write it like"),
        ("2026-13-01 23:59 UTC", "is not a time"),
    ],
)
def test_wrong_times(text, message):
    """One line."""
    with pytest.raises(CourseError) as caught:
        moment(text, "due")
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["10", "0.1", "-5%", "101%", "ten %", ""])
def test_shares_are_written_in_per_cent(text):
    """So that nobody takes 10 for 10 times all."""
    with pytest.raises(CourseError, match="is not a share; write it like 10%, up to 100%"):
        share(text, "x")


def test_a_late_policy_is_read():
    """Every key arrives."""
    raw = LateFile(
        grace="15 minutes",
        curve=[CurveFile("1 hour", "5%"), CurveFile("2 days", "30 %")],
        smooth=True,
        of=LateBase.MAXIMUM,
        at_most="50%",
        closes="7 days",
        slip_days=2,
    )
    assert late_policy(raw, "late") == LatePolicy(
        grace_s=900,
        curve=((H, 0.05), (2 * D, 0.3)),
        smooth=True,
        of=LateBase.MAXIMUM,
        at_most=0.5,
        closes_s=7 * D,
        slip_days=2,
    )
    assert late_policy(LateFile(take="1%", per="hour"), "late") == LatePolicy(take=0.01, per_s=H)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (LateFile(), "late: says nothing of what lateness costs; give take, curve or closes"),
        (LateFile(take="1%", curve=[]), "late: has both take and curve; keep one"),
        (LateFile(take="1%", smooth=True), "late.smooth: needs a curve"),
        (LateFile(take="1%", slip_days=-1), "late.slip_days: -1 is below 0"),
        (LateFile(take="1%", per="0 days"), 'late.per: "0 days" is no time at all'),
        (LateFile(take="1"), 'late.take: "1" is not a share'),
        (LateFile(curve=[CurveFile("1 day", "9%"), CurveFile("1 day", "10%")]), "late.curve: times must rise"),
        (LateFile(curve=[CurveFile("1 day", "9%"), CurveFile("2 days", "8%")]), "late.curve: times must rise"),
        (LateFile(curve=[CurveFile("1 day", "x")]), 'late.curve[0].take: "x" is not a share'),
    ],
)
def test_wrong_late_policies(raw, message):
    """One line that names the key."""
    with pytest.raises(CourseError) as caught:
        late_policy(raw, "late")
    assert str(caught.value).startswith(message)

"""Points from outcomes, and what students see: facts that hold for any outcomes."""

import itertools
import random
from pathlib import Path

import pytest

from autograder.errors import GraderFault
from autograder.model import (
    Assignment,
    CaseResult,
    Feedback,
    FeedbackLevel,
    Frame,
    Limits,
    Outcome,
    Question,
    Visibility,
)
from autograder.scoring import score, visible


def assignment(*points, bonus=()):
    questions = [Question(str(i), f"Q{i}", p, "a.py", Limits()) for i, p in enumerate(points)]
    questions += [Question(f"b{i}", f"B{i}", p, "a.py", Limits(), bonus=True) for i, p in enumerate(bonus)]
    return Assignment("lab", "Lab", Path("a"), Path("s"), Path("t"), tuple(questions))


def case(outcome, question="0", weight=1.0, visibility=Visibility.HIDDEN, feedback=Feedback()):  # noqa: B008 - frozen
    return CaseResult(question, "test_a.py::test_b", "A title", visibility, Outcome(outcome), weight, 0.1, feedback)


@pytest.mark.parametrize(
    ("outcomes", "points", "open_points"),
    [
        (["passed", "failed"], 5, 0),
        (["passed", "failed", "error", "timeout", "crashed"], 2, 0),
        (["out_of_memory", "not_implemented"], 0, 0),
        (["passed", "skipped"], 10, 0),
        (["failed", "skipped"], 0, 0),
        (["passed", "grader_error"], 5, 5),
        (["pending", "ambiguous", "failed", "passed"], 2.5, 5),
        (["skipped"], 0, 10),
        ([], 0, 10),
        (["grader_error"], 0, 10),
    ],
)
def test_share_of_points(outcomes, points, open_points):
    """Passed cases earn their share, unknown ones hold it open, skipped ones have none."""
    grade = score(assignment(10), "ann", [case(outcome) for outcome in outcomes])
    assert (grade.points, grade.open_points, grade.max_points) == (points, open_points, 10)
    assert (grade.questions[0].points, grade.questions[0].open_points) == (points, open_points)


def test_weights():
    """A case's share is its weight over the weights of the cases that count."""
    cases = [case("passed", weight=3), case("failed", weight=1), case("skipped", weight=100)]
    assert score(assignment(8), "ann", cases).points == 6


def test_bonus_adds_to_points_only():
    """Bonus questions can lift the points above the maximum."""
    grade = score(assignment(4, bonus=[3]), "ann", [case("passed"), case("passed", "b0")])
    assert (grade.points, grade.max_points) == (7, 4)


def test_student_notes_and_cases_are_kept():
    """The grade carries what was graded, question by question."""
    cases = [case("passed", "1"), case("failed", "0")]
    grade = score(assignment(1, 2), "ann", cases, ["a note"])
    assert (grade.student, grade.notes) == ("ann", ("a note",))
    assert [question.cases for question in grade.questions] == [(cases[1],), (cases[0],)]


def test_all_passed_is_exactly_all_points():
    """No float dust: whatever the weights, everything passed is the maximum to the last bit."""
    rng = random.Random(0)
    for _ in range(300):
        lab = assignment(*[rng.choice([0.1, 0.7, 3.3, 10, rng.random()]) for _ in range(rng.randint(1, 12))])
        cases = [
            case("passed", question.id, rng.choice([0.1, 1 / 3, 3, rng.uniform(0.01, 9)]))
            for question in lab.questions
            for _ in range(rng.randint(1, 5))
        ]
        grade = score(lab, "ann", cases)
        assert grade.points == grade.max_points
        assert [question.points for question in grade.questions] == [question.points for question in lab.questions]


def test_bounds_and_monotony():
    """Points lie in [0, points], certain and open together too; a case more that passes never costs any."""
    rng = random.Random(1)
    lab = assignment(7.3)
    for _ in range(300):
        cases = [case(rng.choice(list(Outcome)), weight=rng.uniform(0.1, 4)) for _ in range(rng.randint(1, 6))]
        grade = score(lab, "ann", cases)
        assert 0 <= grade.points <= 7.3
        assert 0 <= grade.points + grade.open_points <= 7.3 * (1 + 1e-15)  # two floats, each rounded once
        index = rng.randrange(len(cases))
        if cases[index].outcome is not Outcome.SKIPPED:
            better = [*cases[:index], case("passed", weight=cases[index].weight), *cases[index + 1 :]]
            assert score(lab, "ann", better).points >= grade.points


def test_unknown_cases_settle_within_what_was_open():
    """However pending cases end, the points stay between the certain ones and those plus the open ones."""
    known = [case("passed", weight=2), case("failed")]
    grade = score(assignment(9), "ann", [*known, case("pending", weight=3), case("grader_error", weight=1.5)])
    for ends in itertools.product(["passed", "failed"], repeat=2):
        final = score(assignment(9), "ann", [*known, case(ends[0], weight=3), case(ends[1], weight=1.5)]).points
        assert grade.points <= final <= grade.points + grade.open_points


def test_case_of_no_question():
    """A case that belongs nowhere is the grader's fault, not lost."""
    with pytest.raises(GraderFault, match=r'test_a\.py::test_b: belongs to question "9", which lab has not got'):
        score(assignment(1), "ann", [case("passed", "9")])


@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf")])
def test_weight_that_is_none(weight):
    """A weight that shares out nothing is refused."""
    with pytest.raises(GraderFault, match=r"its weight is .*; it must be a number above 0"):
        score(assignment(1), "ann", [case("passed", weight=weight)])


FEEDBACK = Feedback(
    message="loss is wrong",
    detail="expected 4242, got 1",
    hint="Divide once.",
    error="ValueError: saw 4242",
    frames=(Frame("losses.py", 3, "loss", "return x"),),
    output="4242",
)


@pytest.mark.parametrize("level", list(FeedbackLevel))
def test_public_cases_show_everything(level):
    """Students have the source of public cases."""
    shown = case("failed", visibility=Visibility.PUBLIC, feedback=FEEDBACK)
    assert visible(shown, level) == shown


def test_full_shows_everything():
    """So does the highest level, for hidden cases."""
    hidden = case("failed", feedback=FEEDBACK)
    assert visible(hidden, FeedbackLevel.FULL) == hidden


def test_hint_shows_no_value():
    """Message, hint and lines are shown; of the error only its type; values and output are not."""
    shown = visible(case("error", feedback=FEEDBACK), FeedbackLevel.HINT).feedback
    assert shown == Feedback("loss is wrong", "", "Divide once.", "ValueError", FEEDBACK.frames, "")


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("KeyError: 4242", "KeyError"),
        ("torch.OutOfMemoryError: 4242", "torch.OutOfMemoryError"),
        ("StopIteration", "StopIteration"),
        ("4242", ""),
        ("it saw 4242: so", ""),
        ("", ""),
    ],
)
def test_only_the_type_of_an_error(error, shown):
    """Text without a type is not shown at all: it may be a value."""
    assert visible(case("error", feedback=Feedback(error=error)), FeedbackLevel.HINT).feedback.error == shown


@pytest.mark.parametrize("outcome", list(Outcome))
def test_name_level(outcome):
    """Title and outcome always; a message only where it names a limit or a stub."""
    shown = visible(case(outcome, feedback=FEEDBACK), FeedbackLevel.NAME)
    keeps = outcome in ("timeout", "out_of_memory", "crashed", "not_implemented")
    assert (shown.title, shown.outcome) == ("A title", outcome)
    assert shown.feedback == (Feedback(message="loss is wrong") if keeps else Feedback())

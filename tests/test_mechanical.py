"""Changes by rule to a reference: what is changed, and what a suite notices of it."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from autograder.cli import main
from autograder.course import load_assignment, load_course
from autograder.errors import CourseError
from autograder.verify.mechanical import count_changes, excuses, score_changes
from autograder.verify.operators import changes

COURSE = load_course(Path(__file__).parents[1] / "assignments")
LABS = list(COURSE.assignments)
FRAME = '''"""Words."""
import numpy as np

# ---- Question 1: One ----
def one({arguments}) -> "int | None":
    """One, 1 + 1."""
    # BEGIN SOLUTION
    {body}
    # END SOLUTION


# ---- Question 2: Two ----
def two(x):
    # BEGIN SOLUTION
    return x + x
    # END SOLUTION
'''


@pytest.fixture
def lab(make_course):
    return load_assignment(load_course(make_course()), "tiny")


def made(lab, body, arguments="x=1"):
    """The changes to a solution of question 1, as text."""
    source = FRAME.format(body=body, arguments=arguments)
    return [str(change) for change in changes(source, lab, lab.question("1"))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return x - y", {"x - y -> (x + y)", "x - y -> x", "x - y -> y"}),
        ("return x @ y", set()),
        ("return x ** y", {"x ** y -> (x * y)"}),
        ("return x < y", {"x < y -> (x <= y)"}),
        ("return x in y", {"x in y -> (x not in y)"}),
        ("return x and y", {"x and y -> (x or y)", "x and y -> x", "x and y -> y"}),
        ("return -x", {"-x -> x"}),
        ("return not x", {"not x -> x"}),
        ("return x if y else z", {"x if y else z -> x", "x if y else z -> z"}),
        ("return x[2]", {"2 -> 3", "2 -> 1"}),
        ("return 0.5", {"0.5 -> 1.0"}),
        ("return True", {"True -> False"}),
        ("x += y", {"x += y -> x -= y", "x += y -> pass", "x += y -> x = y"}),
        ("raise x", {"raise x -> pass"}),
        ("return np.sqrt(x)", {"np.sqrt(x) -> x"}),
        ("return x.sqrt()", {"x.sqrt() -> x"}),
        ("return x.detach()", {"x.detach() -> x"}),
        ("return x.sum(axis=y)", {"x.sum(axis=y) -> x.sum()", "x.sum(axis=y) -> x.mean(axis=y)"}),
        (
            "with np.errstate():\n        x = y",
            {"with np.errstate(): x = y -> if True: x = y"},
        ),
        ("if x:\n        y = z", {"x -> (not x)", "x -> False"}),
        ('return "text"', set()),
    ],
)
def test_each_rule_makes_its_changes(lab, body, expected):
    """And no other."""
    assert set(made(lab, body)) == expected


def test_a_change_is_one_edit_of_the_text(lab):
    """Everything else stays, to the character; lines are those of the reference."""
    source = FRAME.format(body="return 'é', np.maximum(x, -x) * 2  # twice", arguments="x: float | None = 1")
    made = changes(source, lab, lab.question("1"))
    change = next(change for change in made if change.becomes == "np.minimum(x, -x)")
    assert change.source == source.replace("np.maximum(x, -x)", "np.minimum(x, -x)")
    assert change.line == "return 'é', np.maximum(x, -x) * 2  # twice"
    assert source.splitlines()[change.number - 1].strip() == change.line


def test_only_the_questions_own_solution_is_changed(lab):
    """Not signatures, annotations and docstrings, and no other question."""
    source = FRAME.format(body="value: int | None = x\n    return value", arguments="x: int | None = 3")
    assert changes(source, lab, lab.question("1")) == []
    assert {change.line for change in changes(source, lab, lab.question("2"))} == {"return x + x"}


def test_no_change_is_made_twice(lab):
    """x + x without its left and without its right term is the same."""
    assert made(lab, "return x + x") == ["x + x -> (x - x)", "x + x -> x"]


# ---- scores


def excuse(lab, **changed):
    entry = {"line": "return 1.0 * 1", "change": "1.0 * 1 -> (1.0 / 1)", "why": "the same number", **changed}
    (lab.folder / "unnoticed.yaml").write_text(yaml.safe_dump({"1": [entry]}))


def test_survivors_are_named_and_excused(lab):
    """A change that cannot be noticed counts neither way; one that hangs is noticed."""
    (score,) = score_changes(lab, ["1"])
    assert (score.possible, score.tried, score.excused) == (6, 6, 0)
    assert [str(change) for change in score.survivors] == ["1.0 * 1 -> (1.0 / 1)", "1.0 * 1 -> 1.0", "1.0 * 1 -> 1"]
    assert str(score) == "3 of 6 killed (50 %)"
    excuse(lab)
    first, second = score_changes(lab, ["1", "2"])
    assert str(first) == "3 of 5 killed (60 %, 1 excused)"
    assert (second.rate, second.survivors) == (1.0, ())


def test_a_sample_is_the_same_each_time(lab):
    """And in the order of the lines."""
    assert count_changes(lab, ["1", "2"]) == 8
    assert count_changes(lab, ["1", "2"], limit=2) == 4
    (one,), (two,) = (score_changes(lab, ["1"], limit=2) for _ in range(2))
    assert one == two
    assert (one.possible, one.tried) == (6, 2)


def test_an_endless_loop_is_noticed_soon(make_course):
    """The limit is twenty times what the reference takes, a second at least."""
    course = make_course(solution=FRAME.format(body="while x < 1:\n        x += 1\n    return 1.0", arguments="x=0"))
    lab = load_assignment(load_course(course), "tiny")
    (score,) = score_changes(lab, ["1"])
    assert "x += 1 -> pass" not in [str(change) for change in score.survivors]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'3': []", '"3": tiny has no such question'),
        ("'1': [{line: x}]", "Object missing required field `change`"),
        ("'1': [", "while parsing"),
        ("'1': [{line: return 2, change: 2 -> 3, why: old}]", '"1": the reference has no such change'),
    ],
)
def test_a_wrong_list_is_one_line(lab, text, expected):
    """That names the file."""
    (lab.folder / "unnoticed.yaml").write_text(text)
    with pytest.raises(CourseError) as caught:
        excuses(lab)
    assert str(caught.value).startswith("assignments/tiny/unnoticed.yaml: ")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", LABS)
def test_the_lists_of_the_labs_are_up_to_date(name):
    """Each entry is a change that can be made, as often as it is listed."""
    assert excuses(load_assignment(COURSE, name))


def test_a_reference_that_does_not_pass_cannot_be_changed(make_course):
    """Nothing could be told."""
    course = make_course(solution=FRAME.format(body="return 2", arguments=""))
    with pytest.raises(CourseError, match=r"1: the reference does not pass public/test_work.py::test_one: result is"):
        score_changes(load_assignment(load_course(course), "tiny"), ["1"])


def test_the_command_prints_scores_and_survivors(lab, tmp_path):
    """As a table, as JSON and on the page."""
    command = ["verify", "tiny", "-q", "1", "--course", str(lab.folder.parent), "--mechanical", "--save", str(tmp_path)]
    shown = CliRunner().invoke(main, command).stdout
    assert "noticed: 3 of 6" in shown
    assert "1.0 * 1 -> (1.0 / 1)    in: return 1.0 * 1" in shown
    assert "3 of 6 killed (50 %)" in (tmp_path / "tiny.html").read_text()
    (score,) = json.loads(CliRunner().invoke(main, [*command, "--json"]).stdout)["mechanical"]
    assert (score["killed"], len(score["survivors"])) == (3, 3)

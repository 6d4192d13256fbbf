"""Diagnosis: a failed case names the known mistake that behaves like it, and never another one."""

import json
import time

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from autograder.batch import LocalExecutor
from autograder.cli import main
from autograder.course import load_assignment, load_course
from autograder.diagnose import Budget, Diagnosis
from autograder.diagnose.marks import LOOSE, SAMPLE, TIGHT, Mark, distance, mark_of, same
from autograder.diagnose.naming import named
from autograder.grading import make_plan
from autograder.model import CaseResult, Outcome, Submission, Visibility
from autograder.testing import CheckFailed, assert_close, assert_gradient, check

MISTAKES = [
    {
        "name": "squared",
        "misconception": "x is squared",
        "hint": "Twice is x + x.",
        "caught_by": "hidden/test_work.py::test_two",
        "edits": [["return x + x", "return x * x"]],
    },
    {
        "name": "one_more",
        "misconception": "1 is added, too",
        "hint": "Add nothing else.",
        "caught_by": "hidden/test_work.py::test_two_of_zero",
        "edits": [["return x + x", "return x + x + 1"]],
    },
    {
        "name": "raises",
        "misconception": "x is given an argument",
        "hint": "Do not call it.",
        "caught_by": "hidden/test_work.py::test_two",
        "edits": [["return x + x", "return x(2)"]],
    },
]


def run_all(make_course, answers, mistakes=MISTAKES):
    """The cases of submissions whose two(x) has these bodies, each by the test's function."""
    course = make_course()
    (course / "tiny/mutants").mkdir(exist_ok=True)
    (course / "tiny/mutants/2.yaml").write_text(yaml.safe_dump(mistakes))
    loaded = load_course(course)
    assignment = load_assignment(loaded, "tiny")
    plan = make_plan(loaded, assignment, assignment.seed, diagnose=True)
    sources = {two: f"import numpy as np\ndef one(): return 1\ndef two(x):\n    {two}\n" for two in answers}
    submissions = [Submission(two, {"work.py": source.encode()}) for two, source in sources.items()]
    results = list(LocalExecutor(1).run(plan, submissions))
    assert [graded.fault for graded in results if graded.fault] == []
    return {
        graded.submission.student: {case.name.partition("::")[2]: case for case in graded.cases} for graded in results
    }


def run(make_course, two, mistakes=MISTAKES):
    """The cases of one submission."""
    return run_all(make_course, [two], mistakes)[two]


def names(cases):
    return {name: case.feedback.misconception for name, case in cases.items() if case.feedback.misconception}


# ---- a submission


def test_a_mistake_is_named_however_it_is_written(make_course):
    """In the cases that it explains, with the hint against it; outcome and message stay."""
    cases = run(make_course, "return np.prod([x, x], axis=0)")
    assert names(cases) == {"test_two": "x is squared"}
    said = cases["test_two"].feedback
    assert said.hint == "Twice is x + x."
    assert said.message == "two is wrong in 3 of 3 places"
    assert cases["test_two"].outcome is Outcome.FAILED


def test_a_mistake_in_float32_is_named(make_course):
    """Values are compared loosely where no mistake has them exactly."""
    assert names(run(make_course, "return (np.float32(x) ** 2)")) == {"test_two": "x is squared"}


def test_each_case_of_a_mistake_names_it(make_course):
    """Here both of the question's."""
    assert names(run(make_course, "return 1 + 2 * x")) == dict.fromkeys(
        ["test_two", "test_two_of_zero"], MISTAKES[1]["misconception"]
    )


def test_an_exception_names_a_mistake_that_explains_the_whole_question(make_course):
    """The same exception from the same calls, with the same words."""
    cases = run(make_course, "y = x; return y(2)")
    assert set(names(cases).values()) == {"x is given an argument"}
    assert {case.outcome for name, case in cases.items() if name in names(cases)} == {Outcome.ERROR}


def test_nothing_else_gets_a_name(make_course):
    """Neither what is on no list, nor what is right, not done, or stopped."""
    answers = [
        "return x * x if np.ndim(x) else 1j",  # explained in one case alone
        "return x * x * x",  # on no list
        "return x * x + 1",  # two at once
        "return 1 + 2 * x if np.ndim(x) else x",  # the mistake would fail a case that passes
        "raise TypeError('no')",
        "return None",
        "return x + x",
        "raise NotImplementedError",
        "import os; os._exit(1)",
        "while True: pass",
        "return (",  # cannot be imported
    ]
    found = {two: names(cases) for two, cases in run_all(make_course, answers).items()}
    assert not any(found.values()), found


def test_two_mistakes_of_the_same_behaviour_are_not_named(make_course):
    """Nobody can tell which of them it is."""
    twin = {**MISTAKES[0], "name": "power", "misconception": "x is raised to a power"}
    assert names(run(make_course, "return x * x", [*MISTAKES, twin])) == {}


def test_a_misconception_that_two_mistakes_share_is_named(make_course):
    """Both say the same."""
    twin = {**MISTAKES[0], "name": "power", "edits": [["return x + x", "return x ** 2"]]}
    assert names(run(make_course, "return x * x", [*MISTAKES, twin])) == {"test_two": "x is squared"}


def test_outcomes_do_not_depend_on_the_diagnosis(make_course):
    """A bank that cannot be read, or whose mistakes hang, crash and fork, costs names alone."""
    broken = [{"name": "x"}]
    bad = [
        {**MISTAKES[0], "name": f"bad{number}", "misconception": f"{number}", "edits": [["return x + x", source]]}
        for number, source in enumerate(["while True: pass", "import os; os._exit(3)", "return bytearray(1 << 40)"])
    ]
    for mistakes in (broken, [*bad, *MISTAKES], []):
        cases = run(make_course, "return x * x", mistakes)
        assert [case.outcome for case in cases.values()] == [Outcome.PASSED, Outcome.FAILED, Outcome.PASSED]
        assert bool(names(cases)) == (len(mistakes) > 1)


def test_a_mark_that_cannot_be_made_costs_nothing(monkeypatch):
    """Whatever raises in a diagnosis, the cases are those of the suite."""

    class Fake:
        """A suite of one case, which failed."""

        assignment, problem = None, CheckFailed("y is wrong")

        def run(self, submission, questions=None, names=None):
            yield CaseResult("1", "a", "A", Visibility.HIDDEN, Outcome.FAILED)

        def place(self, problem):
            return "a:1"

    def broken(*_):
        raise ValueError

    monkeypatch.setattr("autograder.diagnose.run.mark_of", broken)
    (case,) = Diagnosis(Fake(), Submission("reference")).run(Submission("ada"))
    assert (case.outcome, case.feedback.misconception) == (Outcome.FAILED, "")


def test_grading_names_mistakes_unless_it_is_told_not_to(make_course, tmp_path):
    """The gradebook, the pages and the terminal have them."""
    course = make_course()
    (course / "tiny/mutants").mkdir()
    (course / "tiny/mutants/2.yaml").write_text(yaml.safe_dump(MISTAKES))
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada/work.py").write_text("def one(): return 1\ndef two(x): return x * x\n")
    arguments = [
        "grade",
        "tiny",
        str(tmp_path / "ada"),
        "--course",
        str(course),
        "--out",
        str(tmp_path / "out"),
        "--json",
    ]
    for extra, expected in ([], True), (["--no-diagnosis", "--again"], False):
        result = CliRunner().invoke(main, [*arguments, *extra])
        assert json.loads(result.stdout.splitlines()[-1])["graded"] == 1, result.output
        page = next((tmp_path / "out/report/tiny/students").glob("ada*")).read_text()
        assert ("Your result is what one gets when x is squared." in page) is expected
        assert ("x is squared" in (tmp_path / "out/report/tiny/index.html").read_text()) is expected
        shown = CliRunner().invoke(
            main, ["report", "tiny", "ada", "--course", str(course), "--out", str(tmp_path / "out")]
        )
        assert ("x is squared" in shown.output) is expected


# ---- time


def test_no_run_starts_when_the_time_is_over():
    """The grant and a share of the grading's own time, and no more than that for one submission."""
    budget = Budget(grant_s=0.0, share=0.5, each_s=0.05)
    budget.graded(0.0)
    assert not budget.has_time()
    budget.done()
    budget.graded(10.0)
    assert budget.has_time()
    time.sleep(0.06)
    assert not budget.has_time()
    budget.done()
    assert budget.used_s >= 0.05


# ---- marks


def failed(got, expected, place="a:1"):
    """The mark of a failed comparison."""
    with pytest.raises(CheckFailed) as caught:
        assert_close(got, expected, what="y")
    return mark_of(caught.value, place)


def test_equal_values_are_the_same_within_a_tolerance():
    """Relative to the largest."""
    x = np.linspace(0.3, 3.7, 9)
    one = failed(x, np.zeros(9))
    assert same(one, failed(x * (1 + 1e-12), np.zeros(9)), TIGHT)
    assert not same(one, failed(np.float32(x), np.zeros(9)), TIGHT)
    assert same(one, failed(np.float32(x), np.zeros(9)), LOOSE)
    assert not same(one, failed(x * 1.01, np.zeros(9)), LOOSE)
    assert not same(one, failed(x, np.zeros(9), place="a:2"), LOOSE)


def test_infinite_values_must_agree():
    """NaN and both infinities, in their places."""
    one = failed(np.array([1.3, np.nan, np.inf]), np.zeros(3))
    assert same(one, failed(np.array([1.3, np.nan, np.inf]), np.zeros(3)), LOOSE)
    for other in ([1.3, np.inf, np.nan], [1.3, np.nan, -np.inf], [1.3, 0.0, np.inf]):
        assert not same(one, failed(np.array(other), np.zeros(3)), LOOSE)


def test_complex_values_have_marks():
    """Where real ones are expected, and the other way round."""
    one = failed(np.array([0.3 + 0.4j, 1.0]), np.array([0.3, 1.0]))
    assert (one.telling, one.shape) == (1, (2,))
    assert same(one, failed(np.array([0.3 + 0.4j, 1.0]), np.array([0.3, 1.0])), TIGHT)
    assert failed(np.array([0.3, 1.0]), np.array([0.3 + 0.4j, 1.0])).shape == (2,)


def test_a_sample_of_a_large_array_is_kept():
    """The same places of every array of that size."""
    x = np.random.default_rng(0).normal(size=(100, 100))
    one = failed(x, np.zeros((100, 100)))
    assert (one.values.size, one.shape) == (SAMPLE, (100, 100))
    assert same(one, failed(x.copy(), np.zeros((100, 100))), TIGHT)
    assert not same(one, failed(x.reshape(50, 200), np.zeros((50, 200))), LOOSE)


@pytest.mark.parametrize(
    ("got", "telling"), [(0.5, 0), (3.0, 0), (np.nan, 0), (np.inf, 0), (0.123, 1), (1e300, 0), (1 / 3 + 1j, 1)]
)
def test_whole_numbers_and_simple_fractions_tell_nothing(got, telling):
    """Many mistakes lead there."""
    assert failed(np.array(got), np.array(9.0)).telling == telling


def test_only_wrong_values_are_telling():
    """The others are those of a right answer."""
    assert failed(np.array([0.123, 0.7, 0.7]), np.array([0.123, 0.4, 0.4])).telling == 1


def test_numbers_in_words_are_values():
    """Of a condition that says what it found."""

    def marked(number):
        with pytest.raises(CheckFailed) as caught:
            check(False, "the mean is off", f"expected 0.25, got {number}")
        return mark_of(caught.value, "a:1")

    assert marked(0.3333333).telling == 1
    assert same(marked(0.3333333), marked(0.3333334), LOOSE)
    assert not same(marked(0.3333333), marked(0.35), LOOSE)
    assert marked(0.3).sign == marked(0.4).sign


def test_the_tests_own_numbers_tell_nothing():
    """Only what stands behind "got" is the submission's."""

    def marked(detail):
        return mark_of(CheckFailed("the error is not above 0.001", detail), "a:1")

    assert marked("got 0.0").telling == 0
    assert marked("expected 0.123, got 2").telling == 0
    assert marked("expected 2, got 0.123").telling == 1
    assert marked("mean change 0.123").telling == 1


def test_lists_of_numbers_are_one_number_in_words():
    """However long they are, and however they are set."""
    first, other = (
        mark_of(CheckFailed("errors are wrong", f"got {text}"), "a:1") for text in ("[1  2\n 3]", "[10, 20]")
    )
    assert first.sign == other.sign
    assert distance(first, other) == 1.0


def test_numbers_in_words_may_be_near():
    """Relative to the largest; what an assertion was shown is the same or not."""
    assert distance(said(0.5), said(0.45)) == pytest.approx(0.1)
    assert distance(said(0.5), said(0.5 + 1e-9)) == 0.0
    assert distance(said(np.nan), said(0.5)) == 1.0
    assert distance(mark(0.5), mark(0.45)) == 1.0


def test_what_is_compared_with_something_of_its_own_says_nothing():
    """Two networks give other values under one mistake; only the same ratios tell that they are alike."""
    x = np.linspace(0.3, 3.7, 9)
    y = np.sqrt(x)
    assert distance(failed(x + y, y), failed(x + 1, x)) is None
    assert distance(failed(2 * y, y), failed(2 * x, x)) == 0.0
    assert distance(failed(x + y, y), failed(x - y, y)) == 1.0


def test_a_gradient_that_is_none_carries_its_values():
    """Two wrong gradients are told apart."""
    marks = []
    x = np.array([0.3, 0.4])
    for factor in (0.7, 0.9):
        with pytest.raises(CheckFailed) as caught:
            assert_gradient(lambda x: (x**2).sum(), x, factor * 2 * x, rng=np.random.default_rng(0))
        marks.append(mark_of(caught.value, "a:1"))
    assert not same(*marks, LOOSE)
    assert marks[0].telling == 2


# ---- which mistakes explain a submission


def mark(value=0.123, place="a:1", kind="failed", words="y is wrong", telling=1):
    """Of an assertion that was shown a value."""
    return Mark(kind, place, words, (), np.array([value]), telling, shown=True)


def draws(value, count=3):
    """Of conditions on random numbers."""
    return {case: said(value, f"condition {case}") for case in "abcdefghi"[:count]}


def error(words="e"):
    """Of an exception in one case."""
    return {"a": Mark("ValueError", "a:1", words)}


def said(value=0.123, words="y is wrong"):
    """Of a condition that says a number."""
    return Mark("failed", "a:1", words, (), np.array([value]), 1)


@pytest.mark.parametrize(
    ("theirs", "mistakes", "expected"),
    [
        ({"a": mark()}, {"m": {"a": mark()}}, {"a": "m"}),
        ({"a": mark(), "b": mark(0.7)}, {"m": {"a": mark()}}, {}),  # b is not explained
        ({"a": mark(), "b": mark(0.7)}, {"m": {"a": mark()}, "n": {"b": mark(0.7)}}, {"a": "m", "b": "n"}),
        ({"a": mark()}, {"m": {"a": mark(), "b": mark()}}, {}),  # it would fail b, which passed
        ({"a": said()}, {"m": {"a": said(0.124)}}, {}),  # one sign is too little where numbers differ
        (draws(0.123), {"m": draws(0.124)}, dict.fromkeys("abc", "m")),
        (draws(0.123), {"m": draws(0.323)}, {}),
        (draws(0.123), {"m": {**draws(0.124), "d": said()}}, {}),
        (error(), {"m": error()}, {"a": "m"}),  # by signs: all that there is, in the same words
        (error(), {"m": error("s")}, {}),
        ({**error(), "b": mark()}, {"m": error()}, {}),
        ({"a": mark()}, {"m": {"a": mark(0.124)}}, {}),  # but not where an assertion was shown other values
        ({"a": said(), "b": said()}, {"m": {"a": said()}}, {}),  # by signs it must explain everything
        ({"a": said(words="y")}, {"m": {"a": said(0.124)}}, {}),
        ({"a": mark()}, {"m": {"a": mark()}, "n": {"a": mark()}}, {}),
        ({"a": said()}, {"m": {"a": said()}, "n": {"a": said(0.124)}}, {"a": "m"}),  # values go first
        ({"a": mark(1.0)}, {"m": {"a": mark(1.0 + 1e-6)}, "n": {"a": mark(1.0)}}, {"a": "n"}),  # the nearer one
        ({"a": mark(0.0, telling=0)}, {"m": {"a": mark(0.0, telling=0)}, "n": {"a": mark(1.0, telling=0)}}, {"a": "m"}),
        ({"a": said(0.5, "x"), "b": said(0.7)}, {"m": {"a": said(0.49, "x"), "b": said(0.7)}}, {"a": "m", "b": "m"}),
        (draws(0.123), {"m": draws(0.124), "n": draws(0.126)}, {}),  # which is the nearer one is not clear
        (draws(0.123), {"m": draws(0.1231), "n": draws(0.13)}, dict.fromkeys("abc", "m")),
        ({**draws(0.123), "d": mark()}, {"m": {**draws(0.123), "d": mark(0.124)}}, {}),  # one of four is another value
        (draws(0.123, 9), {"m": {**draws(0.123, 9), "d": said(0.9, "condition d")}}, dict.fromkeys("abcdefghi", "m")),
        ({**error(), "b": mark()}, {"m": {**error("s"), "b": mark()}}, {"a": "m", "b": "m"}),  # the library's words
        ({**error(), "b": mark()}, {"m": {**error("s"), "b": mark(0.124)}}, {}),
        ({"a": mark(), "b": mark(0.7)}, {"m": {"a": mark(), "b": mark(0.7)}, "n": {"a": mark()}}, {"a": "m", "b": "m"}),
        (
            {"a": mark(), "b": mark(0.7), "c": mark(0.9)},
            {"m": {"a": mark(), "b": mark(0.7)}, "n": {"a": mark()}, "k": {"c": mark(0.9)}},
            {"a": "m", "b": "m", "c": "k"},
        ),
        ({"a": mark()}, {"m": {}}, {}),
        ({}, {"m": {"a": mark()}}, {}),
    ],
)
def test_a_mistake_explains_a_case_or_none_does(theirs, mistakes, expected):
    """By values, or by everything that the question's cases say."""
    assert named(theirs, mistakes) == expected


def test_cases_that_showed_nothing_rule_nothing_out():
    """But then the whole question is not known, and signs say nothing."""
    assert named({"a": mark()}, {"m": {"a": mark(), "b": mark()}}, ["b"]) == {"a": "m"}
    assert named({"a": said()}, {"m": {"a": said(0.124), "b": said()}}, ["b"]) == {}
    assert named({"a": mark()}, {"m": {"b": mark()}}, ["b"]) == {}

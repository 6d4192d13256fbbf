"""`autograder verify`: what is wrong with a suite is found, named and counted."""

import json
from datetime import UTC, datetime

import pytest
import yaml
from click.testing import CliRunner

from autograder.batch import LocalExecutor
from autograder.cli import main
from autograder.course import load_assignment, load_course
from autograder.model import Outcome
from autograder.verify import Kind, Trial, Variant, judge, run_trials, variants_of
from autograder.verify.page import suite_page

ONE, TWO, ZERO = (
    "public/test_work.py::test_one",
    "hidden/test_work.py::test_two",
    "hidden/test_work.py::test_two_of_zero",
)
PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def mistake(name, old, new, caught_by):
    return {
        "name": name,
        "misconception": f"{name} is done",
        "hint": "Do not.",
        "caught_by": caught_by,
        "edits": [[old, new]],
    }


GOOD = {
    "1": [mistake("half", "1.0 * 1", "0.5", ONE)],
    "2": [mistake("squared", "x + x", "x * x", TWO), mistake("one_more", "x + x", "x + x + 1", ZERO)],
}
EQUIVALENTS = {"1": "def one():\n    return 1\n", "2": "def two(x):\n    return 2 * x\n"}


@pytest.fixture
def write(make_course):
    """Makes the tiny course with mutants and equivalents; its lab."""

    def make(mutants=GOOD, equivalents=EQUIVALENTS, **files):
        course = make_course(**files)
        for question, entries in mutants.items():
            path = course / f"tiny/mutants/{question}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(yaml.safe_dump(entries))
        for question, source in equivalents.items():
            path = course / f"tiny/equivalents/{question}/other.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        loaded = load_course(course)
        return loaded, load_assignment(loaded, "tiny")

    return make


def findings(course, lab, seeds=(5,)):
    """Everything that is wrong, one line each."""
    reports = judge(lab, run_trials(course, lab, variants_of(lab), seeds, LocalExecutor(1)))
    return [str(finding) for report in reports for finding in report.findings]


# ---- the real path


def test_nothing_is_wrong_with_a_good_suite(write):
    """Under several seeds."""
    assert findings(*write(), seeds=(5, 6)) == []


def test_everything_wrong_is_found_in_one_run(write):
    """Mutants that survive or are caught elsewhere, a wrong equivalent, a test that passes the stub or fails nothing."""
    mutants = {
        "1": [mistake("same", "1.0 * 1", "1", ONE)],
        "2": [
            mistake("squared", "x + x", "x * x", ZERO),
            mistake("nowhere", "x + x", "3 * x", "hidden/test_work.py::test_nowhere"),
            mistake("broken", "def two(x):", "raise OSError\ndef two(x):", TWO),
        ],
    }
    hidden = (
        "from autograder.testing import assert_close, check, question\npytestmark = question('2')\n"
        "def test_two(student, rng):\n    '''Twice.'''\n    x = rng.normal(size=3)\n"
        "    assert_close(student.two(x), 2 * x)\n"
        "def test_two_of_zero(student):\n    '''Zero.'''\n    check(student is not None, 'nothing')\n"
    )
    course, lab = write(mutants, {"1": "def one():\n    return 2\n"}, hidden=hidden)
    found = findings(course, lab)
    assert findings(course, lab, seeds=(5, 6)) == found
    assert found[:6] == [
        "1 mutant same: survives: it loses no points",
        f"1 equivalent other: does not pass {ONE}: failed: result is wrong result: expected 1, got 2",
        f"1 {ONE}: fails no mutant: it proves nothing, or a mutant is missing",
        f"2 stub: passes {ZERO}, so who has done nothing earns points",
        f"2 mutant squared: is not caught by {ZERO}, but by {TWO}",
        "2 mutant nowhere: caught_by names no test of the question: hidden/test_work.py::test_nowhere",
    ]
    assert "2 mutant broken: cannot be imported, which fails every test, whatever the mistake" in found
    assert "2 equivalents: there are none; write some in equivalents/" in found


def test_a_reference_that_does_not_pass_is_a_fault(write):
    """Nobody can be judged by that test."""
    course, lab = write(solution=None)
    path = lab.solutions / "work.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    source = (
        "# ---- Question 1: One ----\ndef one():\n    # BEGIN SOLUTION\n    return 1.0 * 1 + 1\n    # END SOLUTION\n"
        "# ---- Question 2: Two ----\ndef two(x):\n    # BEGIN SOLUTION\n    return x + x\n    # END SOLUTION\n"
    )
    path.write_text(source)
    found = findings(course, lab)
    assert any(line.startswith(f"1 reference: the grader failed: {ONE}: the test itself failed") for line in found)


# ---- judging


def trial(kind, outcomes, seed=1, name="m", caught_by=TWO, seconds=0.1, **more):
    """Of question 2."""
    share = sum(outcome is PASSED for outcome in outcomes.values()) / max(1, len(outcomes))
    variant = Variant(kind, "2", name, "", caught_by)
    said = {case: "y is wrong" for case, outcome in outcomes.items() if outcome is not PASSED}
    return Trial(variant, seed, outcomes, dict.fromkeys(outcomes, seconds), said, share, **more)


def judged(write, *trials):
    """The report of question 2, where an equivalent and a mutant are fine beside what is given."""
    _, lab = write()
    beside = [
        trial(Kind.EQUIVALENT, {TWO: PASSED, ZERO: PASSED}, name="fine"),
        trial(Kind.MUTANT, {TWO: FAILED, ZERO: FAILED}, name="fine"),
    ]
    (report,) = judge(lab, [*beside, *trials])
    return report


def test_what_happens_under_some_seeds_is_flaky(write):
    """Of a mutant, an equivalent and the reference; the seeds are named."""
    good, bad = {TWO: PASSED, ZERO: PASSED}, {TWO: FAILED, ZERO: PASSED}
    report = judged(
        write,
        *(trial(Kind.MUTANT, bad if seed < 3 else good, seed) for seed in range(1, 5)),
        *(trial(Kind.EQUIVALENT, bad if seed == 4 else good, seed) for seed in range(1, 5)),
        *(trial(Kind.REFERENCE, bad if seed == 2 else good, seed, name="") for seed in range(1, 5)),
    )
    assert [str(finding) for finding in report.findings] == [
        "2 mutant m: survives: it loses no points (flaky: under 2 of 4 seeds: 3, 4)",
        f"2 equivalent m: does not pass {TWO}: failed: y is wrong (flaky: under 1 of 4 seeds: 4)",
        f"2 reference: does not pass {TWO}: failed: y is wrong (flaky: under 1 of 4 seeds: 2)",
    ]
    assert (report.mutants, report.killed, report.equivalents, report.right) == (2, 1, 2, 1)


def test_under_further_seeds_mutants_meet_the_test_that_is_named_for_them(write):
    """And no other: the rest has been seen under the first seed."""
    course, lab = write()
    trials = list(run_trials(course, lab, variants_of(lab), (5, 6), LocalExecutor(1)))
    ran = {(t.variant.name, t.seed): (set(t.outcomes), t.named_alone) for t in trials if t.variant.kind is Kind.MUTANT}
    assert ran["squared", 5] == ({TWO, ZERO}, False)
    assert ran["squared", 6] == ({TWO}, True)
    assert all(len(t.outcomes) == 2 for t in trials if t.variant.question == "2" and t.variant.kind is not Kind.MUTANT)
    report = judged(
        write,
        trial(Kind.MUTANT, {TWO: FAILED, ZERO: PASSED}),
        trial(Kind.MUTANT, {TWO: PASSED}, 2, named_alone=True),
    )
    assert [str(found) for found in report.findings] == [
        f"2 mutant m: is not caught by {TWO} (flaky: under 1 of 2 seeds: 2)"
    ]


def test_a_lost_suite_process_is_the_graders_fault(write):
    """Neither killed nor right."""
    report = judged(write, trial(Kind.MUTANT, {}, held_back=True, fault="it ended"))
    assert [str(finding) for finding in report.findings] == ["2 mutant m: the grader failed: it ended"]


def test_a_mutant_must_not_end_as_not_implemented(write):
    """That is the outcome of a stub."""
    report = judged(write, trial(Kind.MUTANT, {TWO: FAILED, ZERO: Outcome.NOT_IMPLEMENTED}))
    assert [str(finding) for finding in report.findings] == [f"2 mutant m: ends as not_implemented in {ZERO}"]


def test_tests_are_counted_by_what_they_catch(write):
    """With all their parameters together; alone means that no other test does."""
    a, b = f"{TWO}[a]", f"{TWO}[b]"
    report = judged(
        write,
        trial(Kind.MUTANT, {a: FAILED, b: FAILED, ZERO: PASSED}, caught_by=a),
        trial(Kind.REFERENCE, {a: PASSED, b: PASSED, ZERO: PASSED}, name="", seconds=0.2),
    )
    worth = {test.name: (test.catches, test.alone) for test in report.tests}
    assert worth == {TWO: (2, 1), ZERO: (1, 0)}
    assert next(test for test in report.tests if test.name == TWO).seconds == pytest.approx(0.4)


# ---- the command


def verify(course, *arguments):
    result = CliRunner().invoke(main, ["verify", "--course", str(course.folder), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def test_the_command_prints_a_table_and_exits_with_0(write, tmp_path):
    """And writes a page where it is asked to."""
    course, _ = write()
    result = verify(course, "tiny", "--seeds", "2", "--save", str(tmp_path / "pages"), "--jobs", "1")
    assert result.exit_code == 0, result.output
    assert "Ones and twos, 2 seeds" in result.stdout
    assert "all: 3 of 3 mutants killed, 2 of 2 equivalents right" in result.stdout
    page = (tmp_path / "pages/tiny.html").read_text()
    assert "Nothing: every mutant loses points" in page
    assert "test_two_of_zero" in page


def test_the_command_exits_with_1_if_anything_is_wrong(write):
    """With one line for each, in JSON as well."""
    course, _ = write({**GOOD, "1": [mistake("same", "1.0 * 1", "1", ONE)]})
    result = verify(course, "--question", "1", "--json")
    assert result.exit_code == 1
    (question,) = json.loads(result.stdout)["questions"]
    assert question["killed"] == 0
    assert {"about": "mutant same", "what": "survives: it loses no points"} in question["findings"]


def test_a_question_that_is_not_there_is_one_line(write):
    """With those that are."""
    course, _ = write()
    result = verify(course, "tiny", "-q", "3")
    assert (result.exit_code, result.stderr) == (2, "autograder: tiny has no question '3'; it has 1, 2\n")


def test_the_page_escapes_what_a_variant_said(write):
    """Messages quote values."""
    report = judged(write, trial(Kind.EQUIVALENT, {TWO: FAILED, ZERO: PASSED}, name="<b>"))
    page = suite_page(write()[1], [report], generated_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert "<b>" not in page

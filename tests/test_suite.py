"""Suites: what is collected, whose fault a failure is, and that cases do not touch each other."""

import pytest

from autograder.batch import LocalExecutor
from autograder.course import load_assignment, load_course
from autograder.errors import CourseError
from autograder.grading import make_plan
from autograder.model import Outcome, Submission

RIGHT = "def one():\n    return 1\n\n\ndef two(x):\n    return 2 * x\n"


def run(course, source=RIGHT, executor=None, **files):
    """The case results of one submission, by the test's function."""
    loaded = load_course(course)
    assignment = load_assignment(loaded, "tiny")
    submission = Submission("ada", {"work.py": source.encode(), **{k: v.encode() for k, v in files.items()}})
    executor = executor or LocalExecutor(1)
    (graded,) = executor.run(make_plan(loaded, assignment, assignment.seed), [submission])
    assert not graded.fault
    return {case.name.partition("::")[2]: case for case in graded.cases}


def test_cases_come_by_question_public_ones_first(make_course):
    """With titles, weights and hints as the suite says."""
    cases = run(make_course())
    assert list(cases) == ["test_one", "test_two", "test_two_of_zero"]
    assert {case.outcome for case in cases.values()} == {Outcome.PASSED}
    assert cases["test_two"].title == "two(x) is twice x."
    assert (cases["test_two"].weight, cases["test_two"].feedback.hint) == (3.0, "")


def test_a_failed_case_carries_its_hint(make_course):
    """What to do next."""
    case = run(make_course(), "def one(): return 1\ndef two(x): return x\n")["test_two"]
    assert (case.outcome, case.feedback.hint) == (Outcome.FAILED, "Add it to itself.")
    assert case.feedback.detail.startswith("two[0]: expected ")


@pytest.mark.parametrize(
    "source", ["def one(:\n", "import nowhere\n", "raise ValueError\n", "while True: pass\n"], ids=lambda text: text[:8]
)
def test_a_file_that_cannot_be_imported_gets_no_hint_of_a_test(make_course, source):
    """A test's hint has nothing to say about that."""
    cases = run(make_course(), source)
    assert {case.outcome for case in cases.values()} <= {Outcome.ERROR, Outcome.TIMEOUT}
    assert {case.feedback.hint for case in cases.values()} == {""}


def test_functions_in_another_file_than_the_question_asks_for_are_found(make_course):
    """What it asks for is read from the template."""
    course = make_course()
    loaded = load_course(course)
    assignment = load_assignment(loaded, "tiny")
    assignment.template.mkdir(parents=True)
    (assignment.template / "work.py").write_text(
        "# ---- Question 1: One ----\ndef one():\n    pass\n\n\n# ---- Question 2: Two ----\ndef two(x):\n    pass\n"
    )
    submission = Submission("ada", {"mine.py": RIGHT.encode()})
    (graded,) = LocalExecutor(1).run(make_plan(loaded, assignment, assignment.seed), [submission])
    told = {case.question: case.feedback.message for case in graded.cases}
    assert "`one` is defined in mine.py" in told["1"]
    assert "`two` is defined in mine.py" in told["2"]


NAMED = """
from collections import namedtuple


def one():
    return namedtuple("Pair", "a b")(1, 2)


def two(x):
    yield x
    if x > 0:
        yield x.__class__
    raise ValueError("no more")
"""


def test_named_tuples_and_generators_are_unpacked_over_the_wire(make_course):
    """They are handles there; what goes wrong in one is the student's own exception, with its line."""
    public = "from autograder.testing import *\n@question('1')\ndef test_one(student):\n    '''x'''\n    assert unpack(student.one(), 2) == [1, 2]\n"
    hidden = "from autograder.testing import *\n@question('2')\ndef test_two(student):\n    '''x'''\n    unpack(student.two(0.0), 2)\n"
    solution = "def one():\n    return 1, 2\n\n\ndef two(x):\n    return x, x\n"
    cases = run(make_course(public=public, hidden=hidden, solution=solution), NAMED)
    assert cases["test_one"].outcome is Outcome.PASSED
    assert (cases["test_two"].outcome, cases["test_two"].feedback.message) == (Outcome.ERROR, "raised ValueError")
    assert cases["test_two"].feedback.frames


@pytest.mark.parametrize(
    ("public", "message"),
    [
        ("def test_one(student):\n    '''x'''\n", "belongs to no question; mark it with @question"),
        ("import pytest\n@pytest.mark.question('7')\ndef test_one(student):\n    '''x'''\n", "has no question '7'"),
        ("import pytest\n@pytest.mark.question('1')\ndef test_one():\n    '''x'''\n", "does not use the `student` fixture"),
        ("import pytest\n@pytest.mark.question('1')\ndef test_one(student):\n    pass\n", "has no docstring"),
        ("import pytest\n@pytest.mark.question('1')\n@pytest.mark.weight(0)\ndef test_one(student):\n    '''x'''\n", "weight"),
        ("import pytest\n@pytest.mark.question('1')\n@pytest.mark.limits(second=1)\ndef test_one(student):\n    '''x'''\n", "second"),
        ("import nothing_like_this\n", "cannot be collected: "),
        ("def broken(:\n", "cannot be collected: "),
    ],
)  # fmt: skip
def test_a_suite_that_cannot_judge_is_refused(make_course, public, message):
    """Before any submission is looked at: a broken suite costs nobody points."""
    with pytest.raises(CourseError, match=message):
        run(make_course(public=public))


def test_a_test_that_the_reference_does_not_pass_judges_nobody(make_course):
    """Its outcome is grader_error, for right and wrong submissions alike."""
    hidden = "from autograder.testing import *\n@question('2')\ndef test_wrong(student):\n    '''x'''\n    assert_close(student.two(1.0), 3.0)\n"
    executor = LocalExecutor(1)
    cases = run(make_course(hidden=hidden), executor=executor)
    assert cases["test_wrong"].outcome is Outcome.GRADER_ERROR
    assert list(executor.broken) == ["hidden/test_work.py::test_wrong"]
    assert cases["test_one"].outcome is Outcome.PASSED


def test_probes_that_cannot_be_loaded_are_the_graders_fault(make_course):
    """Nobody's zero."""
    cases = run(make_course(probes="raise RuntimeError('broken')\n"))
    assert {case.outcome for case in cases.values()} == {Outcome.GRADER_ERROR}


def test_an_exception_in_the_test_is_the_students_where_the_reference_passes(make_course):
    """None where a number was expected."""
    hidden = "from autograder.testing import *\n@question('2')\ndef test_pair(student):\n    '''x'''\n    assert student.two(1.0) + 1 == 3\n"
    case = run(make_course(hidden=hidden), "def one(): return 1\ndef two(x): return None\n")["test_pair"]
    assert case.outcome is Outcome.FAILED
    assert case.feedback.message == "the test could not use what your code gave (TypeError)"


def test_an_exception_that_does_not_come_is_the_students(make_course):
    """pytest.raises and pytest.fail leave a test with an exception that is no Exception."""
    hidden = """
import pytest
from autograder.testing import question

@question("2")
def test_raises(student):
    \"\"\"two("x", 1) raises.\"\"\"
    with pytest.raises(TypeError):
        student.two(None)

@question("2")
def test_fails(student):
    \"\"\"two(1) is 2.\"\"\"
    if student.two(1) != 2:
        pytest.fail("it is not 2")
"""
    cases = run(make_course(hidden=hidden), "def one(): return 1\ndef two(x): return 3\n")
    assert {cases[name].outcome for name in ("test_raises", "test_fails")} == {Outcome.FAILED}
    assert cases["test_raises"].feedback.message == "should have raised an exception, and did not"
    assert cases["test_fails"].feedback.detail == "it is not 2"


def test_a_fixture_of_the_suite_that_fails_is_the_graders_fault(make_course):
    """Even if it fails by an assertion, and only for this submission."""
    hidden = (
        "import pytest\nfrom autograder.testing import *\n"
        "@pytest.fixture\ndef answer(student):\n    assert student.two(1) == 2\n    return 2\n"
        "@question('2')\ndef test_f(student, answer):\n    '''x'''\n"
    )
    case = run(make_course(hidden=hidden), "def one(): return 1\ndef two(x): return 3\n")["test_f"]
    assert case.outcome is Outcome.GRADER_ERROR
    assert "setup of the test: AssertionError" in case.feedback.detail


def test_a_question_gets_a_fresh_worker_and_so_does_what_follows_a_crash(make_course):
    """State is kept within a question, and lost with its worker."""
    hidden = (
        "from autograder.testing import *\n"
        "@question('2')\ndef test_a(student):\n    '''a'''\n    assert student.two(1) == 2\n"
        "@question('2')\ndef test_b(student):\n    '''b'''\n    student.two(2)\n"
        "@question('2')\ndef test_c(student):\n    '''c'''\n    assert student.two(3) == 2\n"
    )
    counting = (
        "import os\nCALLS = []\ndef one():\n    CALLS.append(1)\n    return 1\n"
        "def two(x):\n    CALLS.append(x)\n    if x == 2: os._exit(1)\n    return 2 if len(CALLS) == 1 else len(CALLS)\n"
    )
    solution = "def one(): return 1\ndef two(x): return 2\n"
    cases = run(make_course(hidden=hidden, solution=solution), counting)
    assert [case.outcome.value for case in cases.values()] == ["passed", "passed", "crashed", "passed"]


def test_an_import_that_hangs_is_tried_once_a_question(make_course):
    """Its other cases get the same outcome at once."""
    cases = run(make_course(), "while True: pass\n")
    assert {case.outcome for case in cases.values()} == {Outcome.TIMEOUT}
    assert "the limit for importing your file" in cases["test_two_of_zero"].feedback.message
    assert cases["test_two_of_zero"].seconds < 1


def test_a_skipped_test_is_skipped(make_course):
    """Only a suite can skip."""
    hidden = "import pytest\nfrom autograder.testing import *\n@question('2')\ndef test_s(student):\n    '''x'''\n    pytest.skip('not today')\n"
    assert run(make_course(hidden=hidden))["test_s"].outcome is Outcome.SKIPPED


def test_output_belongs_to_the_case_that_made_it(make_course):
    """What was printed at import comes with the first case."""
    cases = run(make_course(), "print('hello')\n" + RIGHT.replace("return 2 * x", "print('two'); return 2 * x"))
    assert [case.feedback.output for case in cases.values()] == ["hello\n", "hello\ntwo\n", "two\n"]


def test_random_numbers_are_the_same_for_every_submission(make_course):
    """And others for another seed; public cases draw the same whatever the seed."""
    hidden = "from autograder.testing import *\n@question('2')\ndef test_r(student, rng):\n    '''x'''\n    student.two(float(rng.normal()))\n"
    public = hidden.replace("'2'", "'1'").replace("test_r", "test_p")
    loud = "def one(): return 1\ndef two(x):\n    print(x)\n    return x\n"
    course = make_course(hidden=hidden, public=public)
    loaded = load_course(course)
    assignment = load_assignment(loaded, "tiny")
    said = []
    for seed in (1, 1, 2):
        submission = Submission("ada", {"work.py": loud.encode()})
        (graded,) = LocalExecutor(1).run(make_plan(loaded, assignment, seed), [submission])
        said.append([case.feedback.output for case in graded.cases])
    assert said[0] == said[1]
    assert said[0][0] == said[2][0]
    assert said[0][1] != said[2][1]


def test_a_submission_that_could_not_be_read_gets_its_problem_in_every_case(make_course):
    """Nothing is run."""
    loaded = load_course(make_course())
    assignment = load_assignment(loaded, "tiny")
    (graded,) = LocalExecutor(1).run(
        make_plan(loaded, assignment, 1), [Submission("ada", problem="the archive is empty")]
    )
    assert {case.feedback.message for case in graded.cases} == {"the archive is empty"}
    assert {case.outcome for case in graded.cases} == {Outcome.ERROR}


def test_what_one_submission_changes_in_place_the_next_does_not_see(make_course):
    """Constants of a test file, values of a parametrized test, and views of both are restored after each case."""
    public = '''
import numpy as np
import pytest
from autograder.testing import assert_equal, question

BASE = np.arange(6.0)
VIEW = BASE[2:]
NAMES = ["a", {"b": [1, 2]}]


@question("1")
@pytest.mark.parametrize("values", [[1, 2], {"k": [3]}])
def test_one(student, values):
    """Nothing is different from the last time."""
    seen = (BASE.tolist(), NAMES[0], NAMES[1]["b"], len(NAMES), values)
    assert seen == ([0, 1, 2, 3, 4, 5], "a", [1, 2], 2, [1, 2] if isinstance(values, list) else {"k": [3]}), seen
    student.change(VIEW, BASE, NAMES, values)
    student.change(BASE, VIEW, NAMES, values)
'''
    course = make_course(public=public, hidden="")
    reference = load_assignment(load_course(course), "tiny").solutions / "work.py"
    reference.write_text(reference.read_text() + "\n\ndef change(x, y, names, values):\n    '''Nothing.'''\n")
    rude = """
def change(x, y, names, values):
    x += 1
    y[3:] *= 7
    names[0] = "z"
    names[1]["b"].append(3)
    names.append(4)
    values.clear() if isinstance(values, dict) else values.append(5)
"""
    loaded = load_course(course)
    assignment = load_assignment(loaded, "tiny")
    submissions = [Submission(f"s{number}", {"work.py": rude.encode()}) for number in range(3)]
    graded = list(LocalExecutor(1).run(make_plan(loaded, assignment, assignment.seed), submissions))
    messages = [case.feedback.detail for one in graded for case in one.cases if case.outcome is not Outcome.PASSED]
    assert messages == []
    assert len(graded) == 3

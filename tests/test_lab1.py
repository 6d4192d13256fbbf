"""Lab 1: its reference, its stubs, its template, and the two ways to run its suite."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.batch import LocalExecutor
from autograder.course import load_assignment, load_course
from autograder.grading import make_plan, reference_submission, to_grade
from autograder.headings import sections
from autograder.model import Outcome, Submission
from autograder.release import build_template, check_template

ROOT = Path(__file__).parents[1]
LAB = "lab1_nn_basics"
KNOWN = ROOT / "tests" / "submissions" / LAB
HIDDEN = ROOT / "assignments" / LAB / "tests" / "hidden"


@pytest.fixture(scope="module")
def assignment():
    return load_assignment(load_course(ROOT / "assignments"), LAB)


def run_suite(folder: Path, transport: str, *seeds: int) -> list[dict]:
    script = Path(__file__).with_name("run_suite.py")
    command = [sys.executable, str(script), str(ROOT / "assignments"), LAB, str(folder), transport, *map(str, seeds)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def test_the_reference_passes_under_twenty_seeds():
    """Every case, every time; and the suite's side never imports torch."""
    runs = run_suite(ROOT / "solutions" / LAB, "process", *range(20))
    assert len(runs) == 20
    for run in runs:
        assert {name: result for name, result in run["results"].items() if result != "passed: "} == {}
        assert not run["torch"]


def test_every_case_of_the_template_is_not_implemented_yet():
    """Stubs earn nothing, and say so."""
    (run,) = run_suite(ROOT / "student_template" / LAB, "process", 1)
    assert set(run["results"].values()) == {"not_implemented: not implemented yet"}


def test_a_question_keeps_its_points_when_all_others_are_stubs(assignment):
    """What one question builds on is given to it, or passed in."""
    course = load_course(ROOT / "assignments")
    reference = reference_submission(assignment)
    stubs = {file: (assignment.template / file).read_bytes() for file in assignment.files}

    def alone(question):
        parts = {part.question_id: part.text for part in sections(stubs[question.file].decode())}
        solved = {part.question_id: part.text for part in sections(reference.files[question.file].decode())}
        source = "".join((parts | {"": solved[""], question.id: solved[question.id]}).values())
        return Submission(question.id, {**stubs, question.file: source.encode()})

    submissions = [alone(question) for question in assignment.questions]
    for graded in LocalExecutor().run(make_plan(course, assignment, assignment.seed), submissions):
        for entry in to_grade(assignment, graded).questions:
            mine = entry.question.id == graded.submission.student
            assert entry.points == (entry.question.points if mine else 0), (graded.submission.student, entry)
            assert mine or {case.outcome for case in entry.cases} == {Outcome.NOT_IMPLEMENTED}


@pytest.mark.parametrize(
    "name", ["perfect", "different_style", "half_done", "mistake_db_mean", "cheat_always_equal", "str_raises"]
)
def test_the_suite_says_the_same_in_process_and_over_the_wire(name):
    """What passes in a self-check passes in grading, and fails with the same words."""
    (wire,), (inline,) = (run_suite(KNOWN / name, transport, 3) for transport in ("process", "inline"))
    assert wire["results"] == inline["results"]


def test_the_template_is_up_to_date(assignment):
    """It is generated from the solutions; `make release` writes it."""
    assert check_template(assignment) == []


def test_the_stub_submission_is_the_template():
    """As it was handed out."""
    for path in (ROOT / "student_template" / LAB).glob("*.py"):
        if path.name != "probes.py":
            assert (KNOWN / "stub" / path.name).read_text() == path.read_text()


def test_the_template_holds_no_hidden_test_and_no_oracle(assignment):
    """Neither as a file nor as a line of one."""
    files = build_template(assignment)
    assert not {Path(name).name for name in files} & {"oracles.py"}
    public = "\n".join(content.decode() for name, content in files.items() if name.endswith((".py", ".md")))
    hidden_titles = [
        line.strip()
        for path in HIDDEN.glob("test_*.py")
        for line in path.read_text().splitlines()
        if line.strip().startswith("def test_") or (line.strip().startswith('"""') and "the tests that grade" in line)
    ]
    public_tests = {line.strip() for line in public.splitlines() if line.strip().startswith("def test_")}
    assert hidden_titles
    assert [line for line in hidden_titles if line in public and line not in public_tests] == []


def test_the_shipped_digits_have_their_licence(assignment):
    """Beside them, in the course and in what students receive."""
    assert "data/LICENSE-digits.txt" in build_template(assignment)
    assert "CC BY 4.0" in (assignment.folder / "data" / "LICENSE-digits.txt").read_text()

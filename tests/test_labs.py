"""The labs: references, stubs, templates, and the two ways to run a suite."""

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
KNOWN = ROOT / "tests" / "submissions"
COURSE = load_course(ROOT / "assignments")
LABS = list(COURSE.assignments)


@pytest.fixture(params=LABS)
def assignment(request):
    return load_assignment(COURSE, request.param)


def run_suite(lab: str, folder: Path, transport: str, *seeds: int) -> list[dict]:
    script = Path(__file__).with_name("run_suite.py")
    command = [sys.executable, str(script), str(ROOT / "assignments"), lab, str(folder), transport, *map(str, seeds)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [range(2), pytest.param(range(20), marks=pytest.mark.proof)], ids=len)
def test_the_reference_passes_under_every_seed(assignment, seeds):
    """Every case, every time; and the suite's side never imports torch where the lab does without."""
    runs = run_suite(assignment.id, assignment.solutions, "process", *seeds)
    assert len(runs) == len(seeds)
    for run in runs:
        assert {name: result for name, result in run["results"].items() if result != "passed: "} == {}
        assert "torch" in assignment.preload or not run["torch"]


def test_every_case_of_the_template_is_not_implemented_yet(assignment):
    """Stubs earn nothing, and say so."""
    (run,) = run_suite(assignment.id, assignment.template, "process", 1)
    assert set(run["results"].values()) == {"not_implemented: not implemented yet"}


@pytest.mark.slow
def test_a_question_keeps_its_points_when_all_others_are_stubs(assignment):
    """What one question builds on is given to it, or passed in."""
    reference = reference_submission(assignment)
    stubs = {file: (assignment.template / file).read_bytes() for file in assignment.files}

    def alone(question):
        parts = {part.question_id: part.text for part in sections(stubs[question.file].decode())}
        solved = {part.question_id: part.text for part in sections(reference.files[question.file].decode())}
        source = "".join((parts | {"": solved[""], question.id: solved[question.id]}).values())
        return Submission(question.id, {**stubs, question.file: source.encode()})

    submissions = [alone(question) for question in assignment.questions]
    for graded in LocalExecutor().run(make_plan(COURSE, assignment, assignment.seed), submissions):
        for entry in to_grade(assignment, graded).questions:
            mine = entry.question.id == graded.submission.student
            assert entry.points == (entry.question.points if mine else 0), (graded.submission.student, entry)
            assert mine or {case.outcome for case in entry.cases} == {Outcome.NOT_IMPLEMENTED}


TELLING = {"perfect", "different_style", "half_done", "mistake_db_mean", "cheat_always_equal", "str_raises"}
LONG = pytest.mark.proof  # it trains for a minute, twice
COMPARED = [
    pytest.param(path.parent.name, path.name, marks=LONG if path.match("lab3*/different_style") else ())
    for path in sorted(KNOWN.glob("*/*"))
    if path.name in TELLING
]


@pytest.mark.slow
@pytest.mark.parametrize(("lab", "name"), COMPARED)
def test_the_suite_says_the_same_in_process_and_over_the_wire(lab, name):
    """What passes in a self-check passes in grading, and fails with the same words."""
    (wire,), (inline,) = (run_suite(lab, KNOWN / lab / name, transport, 3) for transport in ("process", "inline"))
    assert wire["results"] == inline["results"]


def test_the_template_is_up_to_date(assignment):
    """It is generated from the solutions; `make release` writes it."""
    assert check_template(assignment) == []


def test_the_stub_submission_is_the_template(assignment):
    """As it was handed out."""
    stub = KNOWN / assignment.id / "stub"
    files = {path.name: path.read_text() for path in assignment.template.glob("*.py") if path.name != "probes.py"}
    assert {path.name: path.read_text() for path in stub.glob("*.py")} == files


def test_the_template_holds_no_hidden_test_and_no_oracle(assignment):
    """Neither as a file nor as a line of one."""
    files = build_template(assignment)
    hidden = assignment.folder / "tests" / "hidden"
    assert not [name for name in files if Path(name).name.startswith("oracles")]
    public = "\n".join(content.decode() for name, content in files.items() if name.endswith((".py", ".md")))
    hidden_lines = [
        line.strip()
        for path in hidden.glob("test_*.py")
        for line in path.read_text().splitlines()
        if line.strip().startswith("def test_")
    ]
    public_tests = {line.strip() for line in public.splitlines() if line.strip().startswith("def test_")}
    assert hidden_lines
    assert [line for line in hidden_lines if line in public and line not in public_tests] == []


def test_every_question_has_points_and_hints(assignment):
    """A hundred points and bonus in a lab; two hints or more in a question."""
    assert assignment.max_points == 100
    assert [question.id for question in assignment.questions if len(question.hints) < 2] == []


def test_shipped_data_have_their_licence(assignment):
    """Beside them, in the course and in what students receive."""
    files = build_template(assignment)
    for name in files:
        if name.startswith("data/") and name.endswith(".npz"):
            assert f"data/LICENSE-{Path(name).stem}.txt" in files
    if "data/LICENSE-digits.txt" in files:
        assert b"CC BY 4.0" in files["data/LICENSE-digits.txt"]

"""A lab as a Gradescope autograder, run in a folder laid out as Gradescope's container."""

import json
import os
import stat
import subprocess
import sys
import zipfile

import pytest
from tools import ROOT, engine_points, lab_submissions, python_files, released

from autograder.course import load_assignment, load_course
from autograder.errors import GraderFault, HostError
from autograder.interop import container
from autograder.interop.engine import REQUIREMENTS
from autograder.model import CaseResult, Feedback, Grade, Outcome, QuestionGrade, Visibility
from autograder.worker.isolation import Isolation, isolation

ACCEPTED = isolation().grade
HALF = b"def one():\n    return 1.0\n\ndef two(x):\n    return x * x\n"
LIMITS = Isolation(
    "limits", ("split",), ("seccomp",), reasons={"full": "no user namespaces", "restricted": "no Landlock"}
)


def lay_out(zipped, root):
    """Gradescope's folders: source, submission, results."""
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(root / "source")
    for name in ("submission", "results"):
        (root / name).mkdir(exist_ok=True)


def grade_there(root, files):
    """Run `run_autograder` as Gradescope does; its exit status, what it printed, results.json if there is one."""
    for path in (root / "submission").rglob("*"):
        if path.is_file():
            path.unlink()
    for name, content in files.items():
        (root / "submission" / name).write_bytes(content)
    results = root / "results" / "results.json"
    results.unlink(missing_ok=True)
    environment = {**os.environ, "AUTOGRADER_ROOT": str(root), "AUTOGRADER_PYTHON": sys.executable}
    ran = subprocess.run(
        ["bash", str(root / "source" / "run_autograder")], env=environment, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr, json.loads(results.read_text()) if results.is_file() else None


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """The tiny course's zip, unpacked as in the container."""
    from conftest import write_course

    scratch = tmp_path_factory.mktemp("gradescope")
    course = load_course(write_course(scratch, {}))
    released(["tiny", "--course", str(course.folder)], "gradescope", scratch / "tiny.zip", "--sandbox", ACCEPTED)
    lay_out(scratch / "tiny.zip", scratch / "autograder")
    return scratch / "autograder", scratch / "tiny.zip", course, load_assignment(course, "tiny")


def test_points_are_the_engines(there):
    """Full marks, none, and parts; results.json says what each test gave and why."""
    root, _, course, assignment = there
    submissions = {
        "reference": python_files(assignment.solutions),
        "stub": {"work.py": b"def one():\n    raise NotImplementedError\n"},
        "half": {"work.py": HALF},
    }
    results = {name: grade_there(root, files)[2] for name, files in submissions.items()}
    points = {name: found["score"] for name, found in results.items()}
    assert points == pytest.approx(engine_points(course, assignment, submissions))
    assert points == {"reference": 6, "stub": 0, "half": 3}
    tests = {test["name"]: test for test in results["half"]["tests"]}
    wrong = tests["2 two(x) is twice x."]
    assert (wrong["score"], wrong["max_score"], wrong["status"], wrong["visibility"]) == (0, 3, "failed", "visible")
    assert "two is wrong" in wrong["output"]
    assert "hint: Add it to itself." in wrong["output"]
    assert sum(test["score"] for test in tests.values()) == results["half"]["score"]


def test_the_result_says_how_student_code_was_walled_in(there):
    """In words and as data."""
    root, _, _, _ = there
    results = grade_there(root, {"work.py": HALF})[2]
    assert f"isolation grade {ACCEPTED}" in results["output"]
    assert results["extra_data"]["isolation"]["grade"] == ACCEPTED


def test_a_notebook_is_taken_as_well(there):
    """Its cells stand in for the files; shell lines are left out with a note, and a cell that fails takes none along."""
    root, _, _, _ = there
    cells = ["!pip install numpy", "1 / 0", "# ---- Question 1: One ----\ndef one():\n    return 1.0"]
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    document["cells"] = [{"cell_type": "code", "source": text, "metadata": {}, "outputs": []} for text in cells]
    results = grade_there(root, {"tiny.ipynb": json.dumps(document).encode()})[2]
    assert results["score"] == 2
    assert "1 line is not Python (%..., !... or ?...) and left out, in cell 1" in results["output"]


def test_without_the_isolation_that_the_zip_asks_for_there_is_no_result():
    """Gradescope then says that the autograder failed; the message says what would be accepted."""
    with pytest.raises(HostError) as raised:
        container.require(LIMITS, "restricted")
    assert str(raised.value) == (
        'this container gives "limits", and this zip accepts no less than "restricted" (not full: no user namespaces; '
        "not restricted: no Landlock); `autograder release --to gradescope --sandbox limits` makes one that accepts it"
    )
    container.require(LIMITS, "limits")
    assert "grade limits (split; missing: seccomp)" in container.isolation_note(LIMITS)


def test_a_fault_of_the_graders_is_no_zero(there):
    """No results.json, an exit status, and a line for staff."""
    root, _, _, assignment = there
    case = CaseResult("1", "public/t.py::t", "t", Visibility.PUBLIC, Outcome.GRADER_ERROR, feedback=Feedback("broke"))
    grade = Grade("s", (QuestionGrade(assignment.questions[0], 0.0, 2.0, (case,)),), 0.0, 2.0, 6.0)
    with pytest.raises(GraderFault, match=r"public/t.py::t: broke"):
        container.refuse_faults(grade)
    nothing = Grade("s", (QuestionGrade(assignment.questions[0], 0.0, 2.0, ()),), 0.0, 2.0, 6.0, ("the slot died",))
    with pytest.raises(GraderFault, match="the slot died"):
        container.refuse_faults(nothing)
    settings = root / "source" / "autograder.json"
    before = settings.read_text()
    settings.write_text(json.dumps({"lab": "another", "sandbox": "limits"}))
    try:
        status, said, results = grade_there(root, {"work.py": HALF})
    finally:
        settings.write_text(before)
    assert (status, results) == (2, None)
    assert said.startswith('autograder: no assignment "another" in this course')


def test_what_is_in_the_zip(there):
    """Scripts that can be run, one lab with tests and reference, this engine; no known mistakes."""
    _, zipped, _, _ = there
    with zipfile.ZipFile(zipped) as archive:
        names = archive.namelist()
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert {"setup.sh", "run_autograder", "requirements.txt", "engine/autograder/suite/pytest.ini"} <= set(names)
    assert "course/assignments/tiny/tests/hidden/test_work.py" in names
    assert "course/solutions/tiny/work.py" in names
    assert not any("mutants" in name or "equivalents" in name or "__pycache__" in name for name in names)
    assert [name for name, mode in modes.items() if stat.S_IMODE(mode) == 0o755] == ["run_autograder", "setup.sh"]


def test_what_setup_installs(tmp_path):
    """The engine's requirements always; torch, in the build without CUDA, only if the lab needs it and it is missing."""
    log = tmp_path / "log"
    fake = f"""#!/bin/bash
case "$*" in
    *"-m venv"*) mkdir -p "${{@: -1}}/bin" "{tmp_path}/packages"; cp "$0" "${{@: -1}}/bin/python" ;;
    *"import torch"*) exit "${{TORCH_MISSING:-0}}" ;;
    *sysconfig*) echo "{tmp_path}/packages" ;;
    *"-m pip"*) echo "$*" >> {log} ;;
esac
"""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python3.13").write_text(fake)
    (programs / "python3.13").chmod(0o755)
    root = tmp_path / "autograder"
    (root / "source").mkdir(parents=True)

    def installed(imports, missing):
        (root / "source" / "imports.txt").write_text(imports)
        log.write_text("")
        script = ROOT / "autograder/interop/scripts/setup.sh"
        environment = {"PATH": f"{programs}:/usr/bin:/bin", "AUTOGRADER_ROOT": str(root), "TORCH_MISSING": missing}
        subprocess.run(["bash", str(script)], env=environment, check=True)
        return log.read_text().splitlines()

    requirements = f"-m pip install -r {root}/source/requirements.txt"
    torch = "-m pip install torch --index-url https://download.pytorch.org/whl/cpu"
    assert installed("numpy\n", "1") == [requirements]
    assert installed("numpy\ntorch\n", "1") == [torch, requirements]
    assert installed("numpy\ntorch\n", "0") == [requirements]
    assert (tmp_path / "packages" / "autograder_engine.pth").read_text() == f"{root}/source/engine\n"
    assert any(line.startswith("numpy") for line in REQUIREMENTS)
    assert not any("otter" in line or "torch" in line for line in REQUIREMENTS)


@pytest.mark.interop
@pytest.mark.parametrize("lab", ["lab1", "lab2", "lab3"])
def test_labs_earn_the_engines_points(lab, tmp_path):
    """Reference, stub and three wrong submissions."""
    course, assignment, submissions = lab_submissions(lab)
    released([lab], "gradescope", tmp_path / "lab.zip", "--sandbox", ACCEPTED)
    lay_out(tmp_path / "lab.zip", tmp_path / "autograder")
    points = {name: grade_there(tmp_path / "autograder", files)[2]["score"] for name, files in submissions.items()}
    assert points == pytest.approx(engine_points(course, assignment, submissions))
    assert points["reference"] == pytest.approx(sum(question.points for question in assignment.questions))
    assert points["stub"] == 0
    assert len(set(points.values())) == 5

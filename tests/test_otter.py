"""A lab as an otter-grader assignment, run by otter's own commands."""

import json
import zipfile

import pytest
from tools import HANDOUT, engine_points, fill, lab_submissions, python_files, released, run

from autograder.course import load_assignment, load_course
from autograder.errors import HostError, ReleaseError
from autograder.interop import otter
from autograder.release.leaks import check_secrets

pytest.importorskip("otter", reason="the extra [otter] is not installed")

HANGS = b"""# ---- Question 1: One ----
def one():
    return 1.0


# ---- Question 2: Two ----
def two(x):
    while True:
        pass
"""
HALF = b"""# ---- Question 1: One ----
def one():
    return 1.0


# ---- Question 2: Two ----
def two(x):
    if x is None:
        raise ValueError
    return x * x
"""


def grade_with_otter(folder, assignment, files, scratch):
    """The points that `otter run` gives to a student's notebook, and the whole results.json."""
    lab = assignment.id
    notebook = (folder / "dist" / "student" / f"{lab}.ipynb").read_bytes()
    scratch.mkdir(parents=True)
    (scratch / f"{lab}.ipynb").write_text(fill(notebook, files, assignment))
    run(["otter", "run", "-a", str(folder / "autograder.zip"), "-o", str(scratch), f"{lab}.ipynb"], scratch)
    results = json.loads((scratch / "results.json").read_text())
    return sum(test.get("score", 0) for test in results["tests"]), results


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The tiny course as `autograder release --to otter` leaves it."""
    from conftest import write_course

    scratch = tmp_path_factory.mktemp("otter")
    course = load_course(write_course(scratch, {"handout": HANDOUT}))
    said = released(["tiny", "--course", str(course.folder)], "otter", scratch / "package")
    return scratch / "package", course, load_assignment(course, "tiny"), said


def test_points_are_the_engines(package, tmp_path):
    """Full marks for the reference, none for the stub, and parts of a question by its tests' weights.

    A failed test says its title, the difference and the hint; values of a hidden test as the assignment allows.
    """
    folder, course, assignment, _ = package
    submissions = {"reference": python_files(assignment.solutions), "stub": {}, "half": {"work.py": HALF}}
    results = {
        name: grade_with_otter(folder, assignment, files, tmp_path / name) for name, files in submissions.items()
    }
    points = {name: found for name, (found, _) in results.items()}
    submissions["stub"] = {"work.py": b""}
    assert points == pytest.approx(engine_points(course, assignment, submissions))
    assert points == pytest.approx({"reference": 6, "stub": 0, "half": 3})
    said = next(test["output"] for test in results["half"][1]["tests"] if test["name"] == "q2")
    assert "CaseFailed: two(x) is twice x." in said
    assert "hint: Add it to itself." in said


@pytest.mark.interop
def test_a_hang_costs_its_tests(package, tmp_path):
    """Although otter itself has no time limit."""
    folder, _, assignment, _ = package
    assert grade_with_otter(folder, assignment, {"work.py": HANGS}, tmp_path / "hangs")[0] == pytest.approx(2)


def test_students_check_in_their_notebook(package, tmp_path):
    """`grader.check("q1")` runs the public tests on what the cells define."""
    folder, _, assignment, _ = package
    work = tmp_path / "work"
    run(["cp", "-r", str(folder / "dist" / "student"), str(work)], tmp_path)
    text = fill((work / "tiny.ipynb").read_bytes(), {"work.py": HALF}, assignment)
    (work / "tiny.ipynb").write_text(text)
    run(["jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace", "tiny.ipynb"], work)
    cells = json.loads((work / "tiny.ipynb").read_text())["cells"]
    (checked,) = [cell for cell in cells if "".join(cell["source"]) == 'grader.check("q1")']
    assert "All test cases passed" in json.dumps(checked["outputs"]) or "q1 passed" in json.dumps(checked["outputs"])


def test_what_students_receive_holds_no_secret(package):
    """Stubs as everywhere else, public tests, and nothing of the hidden ones but their absence."""
    folder, _, assignment, said = package
    student = folder / "dist" / "student"
    files = {path.relative_to(student).as_posix(): path.read_bytes() for path in student.rglob("*") if path.is_file()}
    assert sorted(files) == [
        "public_tests/tiny/assignment.yaml",
        "public_tests/tiny/tests/public/test_work.py",
        "tiny.ipynb",
    ]
    check_secrets(assignment, files)
    text = files["tiny.ipynb"].decode()
    assert "_Type your answer here, replacing this text._" in text  # below what asks for an answer in words
    assert 'raise NotImplementedError(\\"Question 2: Two\\")' in text
    assert "hidden/test_work" not in text
    assert "x + x" not in text
    assert "and passed the reference" in said


def test_the_zip_holds_neither_the_reference_nor_known_mistakes(package):
    """It lies beside the student's code while that runs: hidden tests must be there, more need not."""
    folder, *_ = package
    with zipfile.ZipFile(folder / "autograder.zip") as archive:
        names = archive.namelist()
        texts = {name: archive.read(name) for name in names if not name.startswith("files/hidden_tests/engine/")}
    assert "files/hidden_tests/tiny/tests/hidden/test_work.py" in names
    assert "files/hidden_tests/engine/autograder/worker/parent.py" in names
    assert not any(b"return x + x" in text or b"return 1.0 * 1" in text for text in texts.values())
    assert not any(
        "mutants" in name or "equivalents" in name or name.endswith("work.py") for name in texts if "test_" not in name
    )


def test_a_missing_tool_is_named(package, monkeypatch):
    """With the command that installs it."""
    folder, _, assignment, _ = package
    monkeypatch.setattr(otter, "find_spec", lambda _name: None)
    with pytest.raises(HostError, match=r'pip install "autograder\[otter\]"'):
        otter.assign(assignment, folder)


def test_what_otter_refuses_is_passed_on(package, tmp_path):
    """The last line that `otter assign` says, and the command to try."""
    _, _, assignment, _ = package
    (tmp_path / "tiny.ipynb").write_text("{}")
    with pytest.raises(ReleaseError, match=r"`otter assign tiny.ipynb dist` failed: \w"):
        otter.assign(assignment, tmp_path)


@pytest.mark.interop
@pytest.mark.parametrize("lab", ["lab1", "lab2", "lab3"])
def test_labs_earn_the_engines_points(lab, tmp_path):
    """Reference, stub and three wrong submissions."""
    course, assignment, submissions = lab_submissions(lab)
    released([lab], "otter", tmp_path / "package")
    points = {
        name: grade_with_otter(tmp_path / "package", assignment, files, tmp_path / name)[0]
        for name, files in submissions.items()
    }
    assert points == pytest.approx(engine_points(course, assignment, submissions))
    assert points["reference"] == pytest.approx(sum(question.points for question in assignment.questions))
    assert points["stub"] == 0
    assert len(set(points.values())) == 5

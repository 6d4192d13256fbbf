"""What the platforms' forms share: the author's notebook, the calls in test cells, the folder of hidden tests."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from tools import HANDOUT, ROOT

from autograder.course import load_assignment, load_course
from autograder.digests import files_digest
from autograder.errors import AutograderError, GraderFault, ReleaseError
from autograder.headings import questions_in
from autograder.interop import kernel, nbgrader, otter
from autograder.interop.hidden import find_hidden, read_folder
from autograder.interop.notebooks import author_notebook, beside_notebook, hidden_folder
from autograder.interop.prove import prove
from autograder.interop.release import FORMS, write_release
from autograder.notebook import read_notebook
from autograder.notebook.graders import without_graders
from autograder.release.leaks import check_secrets
from autograder.release.stub import render_cell
from autograder.worker.interpreter import isolated_mode

ONE = "# ---- Question 1: One ----\ndef one():\n    return 1.0"
TWO = "# ---- Question 2: Two ----\ndef two(x):\n    return x * x"


@pytest.fixture
def assignment(make_course):
    return load_assignment(load_course(make_course()), "tiny")


def put(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@pytest.fixture
def beside(assignment, tmp_path, monkeypatch):
    """The folder of a student's notebook, whose kernel has run the cells that the test puts into the list."""
    folder = tmp_path / "work"
    put(folder, beside_notebook(assignment))
    put(tmp_path, {f"hidden_tests/tiny/{name}": content for name, content in hidden_folder(assignment).items()})
    cells = []
    monkeypatch.chdir(folder)
    monkeypatch.setattr(kernel, "executed_cells", lambda: list(enumerate(cells, 1)))
    monkeypatch.setattr(kernel, "_is_worker", lambda: False)
    monkeypatch.setattr(kernel, "_running", {})
    yield SimpleNamespace(cells=cells, folder=folder, digest=files_digest(hidden_folder(assignment)))
    kernel._close()


# ---- the author's notebook


def test_the_authors_notebook_has_the_reference_in_the_students_places(assignment):
    """Made into stubs, its cells are those of the released notebook."""
    from autograder.release import build_template

    files = build_template(assignment)
    authors = author_notebook(assignment)
    students = json.loads(files["tiny.ipynb"])
    assert [cell["id"] for cell in authors["cells"]] == [cell["id"] for cell in students["cells"]]
    for mine, theirs in zip(authors["cells"], students["cells"], strict=True):
        text = "".join(mine["source"])
        assert (render_cell(text) if questions_in(text) else text) == "".join(theirs["source"])
    assert "return x + x" in json.dumps(authors)


@pytest.mark.parametrize("lab", ["lab1", "lab2", "lab3"])
def test_the_authors_notebooks_of_the_labs_give_the_released_stubs(lab):
    """Also where helpers of the reference stand between the questions' functions."""
    from autograder.release import build_template

    assignment = load_assignment(load_course(ROOT / "assignments"), lab)
    files = build_template(assignment)
    students = json.loads(files[f"{assignment.id}.ipynb"])
    for mine, theirs in zip(author_notebook(assignment)["cells"], students["cells"], strict=True):
        text = "".join(mine["source"])
        stub = render_cell(text) if questions_in(text) else text
        assert stub.split() == "".join(theirs["source"]).split()


def test_a_cell_with_an_open_block_is_refused():
    """With its line."""
    with pytest.raises(ReleaseError, match='cell line 2: "# BEGIN SOLUTION" without "# END SOLUTION"'):
        render_cell("def one():\n    # BEGIN SOLUTION\n    return 1")
    with pytest.raises(ReleaseError, match="cell line 1: not Python"):
        render_cell("def one(:")


def test_a_reference_that_does_not_pass_stops_the_release(make_course):
    """Whatever the platform: a test that nobody can pass goes to nobody."""
    course = make_course(hidden=HIDDEN_IMPOSSIBLE)
    assignment = load_assignment(load_course(course), "tiny")
    with pytest.raises(
        ReleaseError, match=r"hidden/test_work.py::test_two: the reference does not pass \(failed: two is"
    ):
        prove(assignment)


HIDDEN_IMPOSSIBLE = '''from autograder.testing import assert_close, question


@question("2")
def test_two(student):
    """two(x) is three times x."""
    assert_close(student.two(1.0), 3.0, what="two")
'''


def test_a_question_that_nobody_can_earn_stops_the_release(make_course):
    """All of its tests are skipped here, or it has none."""
    course = make_course(hidden=None)
    (course / "tiny" / "tests" / "hidden").mkdir(exist_ok=True)
    (course / "tiny" / "tests" / "hidden" / "test_work.py").unlink(missing_ok=True)
    assignment = load_assignment(load_course(course), "tiny")
    with pytest.raises(ReleaseError, match="tiny: question 2 has no test that counts here"):
        prove(assignment)


def test_the_exported_notebooks_hold_the_handout(make_course):
    """In nbgrader's and otter's source; below a text that asks for an answer in words there is a cell for it."""
    course = make_course(handout=HANDOUT)
    assignment = load_assignment(load_course(course), "tiny")
    nbgraders = json.loads(nbgrader.build_course(assignment)["source/tiny/tiny.ipynb"])["cells"]
    otters = json.loads(otter.build_sources(assignment)["tiny.ipynb"])["cells"]
    for cells in (nbgraders, otters):
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        assert "# Ones" in texts
        assert "## 1 One\n\nWrite it." in texts
    (answer,) = [cell for cell in nbgraders if cell["id"] == "answer-text-7"]
    flags = {key: answer["metadata"]["nbgrader"][key] for key in ("grade", "solution", "locked", "points")}
    assert flags == {"grade": True, "solution": True, "locked": False, "points": 5.0}
    raw = ["".join(cell["source"]) for cell in otters if cell["cell_type"] == "raw"]
    assert "# BEGIN QUESTION\nname: answer_text_7\nmanual: true\npoints: 5\n" in raw


# ---- the hidden folder


def test_hidden_tests_are_known_by_their_digest(tmp_path):
    """The nearest folder with it, here or above; one with other content is passed over."""
    files = {"tests/hidden/test_x.py": b"x"}
    put(tmp_path / "hidden_tests" / "lab", files)
    put(tmp_path / "work" / "hidden_tests" / "lab", {"tests/hidden/test_x.py": b"pass"})
    assert find_hidden("lab", files_digest(files), tmp_path / "work") == tmp_path / "hidden_tests" / "lab"
    assert find_hidden("lab", "0" * 64, tmp_path / "work") is None
    put(tmp_path / "hidden_tests" / "lab", {"tests/hidden/__pycache__/x.pyc": b"", ".cache": b""})
    assert files_digest(read_folder(tmp_path / "hidden_tests" / "lab")) == files_digest(files)


def test_what_lies_beside_the_notebook(make_course):
    """Public tests with what they need, and data where the student's own code looks for it."""
    course = make_course(probes="def probe(): pass\n")
    put(course / "tiny" / "data", {"x.csv": b"1"})
    put(course / "tiny" / "mutants", {"1.yaml": b"[]"})
    assignment = load_assignment(load_course(course), "tiny")
    assert sorted(beside_notebook(assignment)) == [
        "data/x.csv",
        "public_tests/tiny/assignment.yaml",
        "public_tests/tiny/data/x.csv",
        "public_tests/tiny/probes.py",
        "public_tests/tiny/tests/public/test_work.py",
    ]
    assert sorted(hidden_folder(assignment)) == [
        "assignment.yaml",
        "data/x.csv",
        "probes.py",
        "tests/hidden/test_work.py",
        "tests/public/test_work.py",
    ]


@pytest.mark.parametrize("kind", ["tests/hidden", "mutants", "equivalents/1"])
def test_a_package_with_a_secret_is_refused(assignment, kind):
    """Hidden tests and known variants, whatever their name there."""
    path = assignment.folder / kind / "secret.py"
    put(assignment.folder, {f"{kind}/secret.py": b"SECRET = 1\n"})
    with pytest.raises(ReleaseError, match=rf"notes.py: is the same as {kind.partition('/1')[0]}"):
        check_secrets(assignment, {"notes.py": path.read_bytes()})


# ---- test cells


def test_a_test_cell_prints_what_fails_and_gives_the_points(beside, capsys):
    """With hidden tests: the points that grading gives."""
    beside.cells += [ONE, TWO]
    kernel.use_hidden_tests("tiny", beside.digest)
    assert kernel.test("tiny", "1") == 2.0
    assert kernel.test("tiny", "2") == 1.0
    said = capsys.readouterr().out
    assert said.startswith("1: 1 of 1 tests passed\n✗ two(x) is twice x.\n    two is wrong")
    assert "    hint: Add it to itself.\n2: 1 of 2 tests passed\n" in said


def test_without_hidden_tests_the_public_ones_count(beside, capsys):
    """In a student's copy; a question that has none gives its points, since nothing is wrong there."""
    beside.cells += ["1 / 0", "def one():\n    return 2.0"]
    assert kernel.test("tiny", "1") == 0.0
    assert kernel.test("tiny", "2") == 4.0
    assert "2: has no public tests" in capsys.readouterr().out


def test_one_case_after_another_runs_its_question_once(beside, monkeypatch):
    """Each result is given once: asking again runs the cells again."""
    beside.cells += [ONE, TWO]
    kernel.use_hidden_tests("tiny", beside.digest)
    asked = []
    ask = kernel._Running.ask
    monkeypatch.setattr(kernel._Running, "ask", lambda self, question: asked.append(question) or ask(self, question))
    kernel.case("tiny", "2", "hidden/test_work.py::test_two_of_zero")
    with pytest.raises(kernel.CaseFailed, match=r"two\(x\) is twice x.\n    two is wrong"):
        kernel.case("tiny", "2", "hidden/test_work.py::test_two")
    assert asked == ["2"]
    beside.cells.append(TWO.replace("x * x", "x + x"))
    kernel.case("tiny", "2", "hidden/test_work.py::test_two")
    assert asked == ["2", "2"]
    with pytest.raises(GraderFault, match=r"there is no test public/nothing; release the lab again"):
        kernel.case("tiny", "2", "public/nothing")


def test_a_folder_that_a_student_put_in_the_way_is_passed_over(beside):
    """Its digest is another, so the course's own is used; without that, a line says what is missing."""
    put(beside.folder / "hidden_tests" / "tiny", {"assignment.yaml": b"title: mine\n"})
    kernel.use_hidden_tests("tiny", beside.digest)
    beside.cells += [ONE]
    assert kernel.test("tiny", "2") == 0.0
    with pytest.raises(
        AutograderError, match="no folder hidden_tests/tiny with the tests that this notebook was made with"
    ):
        kernel.use_hidden_tests("tiny", "0" * 64)


def test_a_process_that_ends_is_a_fault_of_the_graders(beside):
    """With what it said last."""
    (beside.folder / "public_tests" / "tiny" / "assignment.yaml").write_text("title: [\n")
    with pytest.raises(GraderFault, match=r"autograder: tiny/assignment.yaml"):
        kernel.test("tiny", "1")


def test_public_tests_that_are_not_there_are_named(beside, monkeypatch, tmp_path):
    """With the place where they should lie."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AutograderError, match=r"public_tests/tiny: not there; it is handed out with the notebook"):
        kernel.test("tiny", "1")


def test_modules_beside_the_notebook_can_be_imported(beside):
    """The student's own; a file that the notebook stands in for is not used."""
    put(beside.folder, {"mine.py": b"ONE = 1.0\n", "work.py": b"raise SystemExit\n"})
    beside.cells += ["import mine\n# ---- Question 1: One ----\ndef one():\n    return mine.ONE"]
    assert kernel.test("tiny", "1") == 2.0


# ---- cells of graders


def test_calls_of_graders_are_not_run_again():
    """Otter's and this engine's own cells become comments; lines stay where they are."""
    source = 'import otter\ngrader = otter.Notebook("lab.ipynb")\nx = 1\ngrader.check("q1")\ngrader.check_all()'
    assert without_graders(source).splitlines() == [
        "# import otter",
        '# grader = otter.Notebook("lab.ipynb")',
        "x = 1",
        '# grader.check("q1")',
        "# grader.check_all()",
    ]
    cell = 'from autograder.interop import kernel\n\nkernel.test(\n    "lab", "1.6")'
    assert without_graders(cell) == '# from autograder.interop import kernel\n\n# kernel.test(\n#     "lab", "1.6")'


def test_what_only_looks_like_a_grader_stays():
    """A student's own names, calls inside other statements, and code that is not Python."""
    for source in (
        "kernel = np.ones(3)\nkernel.test(image)",
        "def grader():\n    otter = 1",
        'if ready:\n    grader.check("q1")',
        "from autograder.testing import assert_close",
        "import otter; x = 1",
        "otter =",
    ):
        assert without_graders(source) == source


def test_a_notebook_of_otters_is_read_without_its_calls():
    """As `autograder grade` takes it."""
    cells = [{"cell_type": "code", "source": text} for text in ("import otter", f'{ONE}\n\ngrader.check("q1")')]
    read = read_notebook(json.dumps({"nbformat": 4, "cells": cells}).encode())
    assert read.cells[1].source.endswith('return 1.0\n\n# grader.check("q1")')
    assert read.notes == ()


# ---- the command


def test_each_form_has_a_writer():
    """And the command line offers it."""
    from autograder.cli.instructor import release
    from autograder.interop.release import _WRITERS, DEFAULT_NAMES

    (option,) = [option for option in release.params if option.name == "form"]
    assert tuple(option.type.choices) == FORMS == tuple(_WRITERS) == tuple(DEFAULT_NAMES)


def test_a_notebook_alone(assignment, tmp_path):
    """The students' one, and what to do with it."""
    said = write_release(assignment, "notebook", tmp_path / "n" / "tiny.ipynb", "restricted")
    assert said.endswith("students hand it in as it is, and `autograder grade tiny` takes it")
    assert "x + x" not in (tmp_path / "n" / "tiny.ipynb").read_text()


def test_a_place_that_cannot_be_written_is_named(assignment, tmp_path):
    """In one line."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ReleaseError, match=r"file/tiny.zip: cannot be written: (Not a directory|File exists)"):
        write_release(assignment, "zip", tmp_path / "file" / "tiny.zip", "restricted")


def test_a_carried_engine_is_imported_from_where_it_lies(monkeypatch):
    """Workers start in Python's isolated mode; AUTOGRADER_ENGINE names the one folder that is added."""
    monkeypatch.delenv("AUTOGRADER_ENGINE", raising=False)
    assert isolated_mode() == (["-I"], {})
    monkeypatch.setenv("AUTOGRADER_ENGINE", "/somewhere")
    assert isolated_mode() == (["-P", "-s"], {"AUTOGRADER_ENGINE": "/somewhere", "PYTHONPATH": "/somewhere"})


def test_a_released_nbgrader_course_keeps_its_settings(assignment, tmp_path):
    """A second lab, or a second release, leaves nbgrader_config.py as it was edited, and no stale hidden test."""
    write_release(assignment, "nbgrader", tmp_path / "course", "restricted")
    config = tmp_path / "course" / "nbgrader_config.py"
    assert "configure(c)" in config.read_text()
    config.write_text("# mine\n")
    put(tmp_path / "course" / "hidden_tests" / "tiny", {"tests/hidden/test_old.py": b"old"})
    said = write_release(assignment, "nbgrader", tmp_path / "course", "restricted")
    assert said.endswith(f"next: cd {tmp_path / 'course'} && nbgrader generate_assignment tiny")
    assert config.read_text() == "# mine\n"
    assert not (tmp_path / "course" / "hidden_tests" / "tiny" / "tests" / "hidden" / "test_old.py").exists()


# ---- Classroom 50


def test_classroom_50_writes_its_result(assignment, tmp_path):
    """The public tests in the student's checkout; identifiers from the runner's environment; nothing secret there."""
    write_release(assignment, "classroom50", tmp_path / "bundle", "restricted")
    files = read_folder(tmp_path / "bundle")
    check_secrets(assignment, {name: content for name, content in files.items() if not name.startswith("engine/")})
    assert not any("hidden" in name for name in files if not name.startswith("engine/"))
    checkout = tmp_path / "checkout"
    put(checkout, {"work.py": b"def one():\n    return 1.0\n"})
    given = {"CLASSROOM": "dl", "ASSIGNMENT": "tiny", "SUBMISSION_TAG": "submit/1", "COMMIT_URL": "https://x/c"}
    subprocess.run(
        [sys.executable, str(tmp_path / "bundle" / "autograder.py")],
        cwd=checkout,
        env={**os.environ, "AUTOGRADER_PYTHON": sys.executable, **given},
        check=True,
    )
    result = json.loads((checkout / "result.json").read_text())
    assert (result["schema"], result["classroom"], result["submission"]) == ("classroom50/result/v1", "dl", "submit/1")
    assert (result["score"], result["max-score"]) == (2, 6)
    assert [(test["test-name"], test["passed"]) for test in result["tests"]] == [("1 One", True), ("2 Two", False)]
    assert (checkout / "release-body.md").read_text().startswith("### 2 of 6 points in the public tests")

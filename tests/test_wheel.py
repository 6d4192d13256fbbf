"""From the wheel and the release to a grade: as a student and an instructor have them, in clean places."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAB = "lab1_nn_basics"
pytestmark = pytest.mark.slow


def run(*command, cwd, status=0, **environment) -> str:
    """Standard output and error of a command that ends with `status`."""
    result = subprocess.run(
        list(map(str, command)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), "COLUMNS": "100", **environment},
        check=False,
    )
    assert result.returncode == status, result.stdout
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The command in an environment that holds nothing but the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    run(folder / "venv/bin/pip", "install", "--quiet", wheel, cwd=folder)
    return folder / "venv/bin/autograder"


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> Path:
    """What the course hands out."""
    target = tmp_path_factory.mktemp("release") / f"{LAB}.zip"
    run(sys.executable, "-m", "autograder", "release", "lab1", "--to", "zip", "--out", target, cwd=ROOT)
    return target


def test_the_wheel_holds_the_engine_alone(wheel):
    """No lab, no test, no solution; but the schema, the templates and pytest's settings."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"autograder"}
    assert not [name for name in names if "lab1" in name or "test_" in name]
    for needed in ("gradebook/schema/001_initial.sql", "suite/pytest.ini", "report/templates/student.html.j2"):
        assert f"autograder/{needed}" in names, needed


def test_the_release_holds_nothing_secret(release):
    """No hidden test, oracle, mutant, equivalent or line of a solution."""
    archive = zipfile.ZipFile(release)
    folder = ROOT / "assignments" / LAB
    secret = [*folder.glob("tests/hidden/*.py"), *folder.glob("mutants/*"), *folder.glob("equivalents/*/*")]
    assert len(secret) > 50
    contents = {archive.read(name).strip() for name in archive.namelist()}
    assert not [path for path in secret if path.read_bytes().strip() in contents]
    everything = b"\n".join(contents).decode("utf-8", "replace")
    for needle in ("BEGIN SOLUTION", "misconception", "caught_by", "import oracles", "from oracles"):
        assert needle not in everything


def test_a_student_works_and_an_instructor_grades(installed, release, tmp_path):
    """Start, check, mend, hand in; then the zip that came out is graded."""
    (tmp_path / release.name).write_bytes(release.read_bytes())
    assert "11 questions, 100 points" in run(installed, "start", "lab1", cwd=tmp_path)
    lab = tmp_path / LAB
    assert "not started" in run(installed, "check", "softmax", cwd=lab, status=1)
    (lab / "losses.py").write_text((ROOT / "solutions" / LAB / "losses.py").read_text())
    assert "all 6 public tests passed" in run(installed, "check", "1.6", cwd=lab)
    assert "all 6 public tests passed" in run(installed, "check", "1.6", "--no-fork", cwd=lab)
    handed = run(installed, "submit", cwd=lab)
    assert f"{LAB}-submission.zip" in handed
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "ada.zip").write_bytes((lab / f"{LAB}-submission.zip").read_bytes())
    lines = run(
        sys.executable, "-m", "autograder", "grade", "lab1", inbox, "--out", tmp_path / "grades", "--json", cwd=ROOT
    )
    (grade,) = [line for line in map(json.loads, lines.splitlines()) if line["event"] == "grade"]
    assert (grade["student"], grade["points"], grade["open_points"]) == ("ada", 16, 0)
    assert {q["id"]: q["points"] for q in grade["questions"] if q["points"]} == {"1.5": 6, "1.6": 10}

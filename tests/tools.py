"""Notebooks filled in as students would, and labs run by the platforms' own commands."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder.batch import LocalExecutor
from autograder.course import load_assignment, load_course
from autograder.grading import make_plan, to_grade
from autograder.headings import questions_in, sections
from autograder.model import Submission
from autograder.release import build_template
from autograder.release.notebook import _without_docstring
from autograder.variants import load_mutants
from autograder.worker.isolation import isolation

ROOT = Path(__file__).parents[1]
HANDOUT = "# Ones\n\n## 1 One\n\nWrite it.\n\n## Why\n\nSay why. <!-- graded by a person: 5 points -->\n"


def run(command, cwd, **environment):
    """Run a tool as a user would, with this environment's programs on the PATH; its output."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    # Off: pytest's settings of this run, and a Jupyter of the user's own.
    scratch = tempfile.mkdtemp()
    variables = {**os.environ, "PATH": path, "JUPYTER_CONFIG_DIR": scratch, "IPYTHONDIR": scratch, **environment}
    result = subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout + result.stderr


def released(course, form, out, *more):
    """`autograder release` by its command line."""
    return run([sys.executable, "-m", "autograder", "release", *course, "--to", form, "--out", str(out), *more], ROOT)


def fill(notebook, files, assignment):
    """A student's notebook with each question's cell as the files have it; its text."""
    document = json.loads(notebook)
    for cell in document["cells"]:
        if cell["cell_type"] != "code":
            continue
        for identifier in questions_in("".join(cell["source"])):
            file = assignment.question(identifier).file
            if file in files:
                cell["source"] = code_of(files[file].decode(), identifier)
    return json.dumps(document)


def code_of(text, identifier):
    """What a file holds for one question: what stands above all headings, and the question's own part."""
    parts = sections(text)
    above = _without_docstring("".join(part.text for part in parts if not part.question_id))
    return "\n".join([above, *(part.text for part in parts if part.question_id == identifier)])


def engine_points(course, assignment, submissions):
    """What this engine gives for files, by name."""
    plan = make_plan(course, assignment, assignment.seed, isolation().grade)
    handed_in = [Submission(name, files) for name, files in submissions.items()]
    with contextlib.closing(LocalExecutor(2).run(plan, handed_in)) as results:
        grades = [to_grade(assignment, graded) for graded in results]
    assert all(grade.settled for grade in grades)
    return {grade.student: grade.points for grade in grades}


def python_files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))}


def lab_submissions(lab):
    """Course, assignment, and files of the reference, the stub and three wrong submissions."""
    course = load_course(ROOT / "assignments")
    assignment = load_assignment(course, lab)
    known = ROOT / "tests" / "submissions" / assignment.id
    reference = python_files(assignment.solutions)
    first, last = assignment.questions[0], assignment.questions[-1]
    spoilt = {question.file: load_mutants(assignment, question.id)[0].source.encode() for question in (first, last)}
    mistakes = "one_mistake_each" if (known / "one_mistake_each").is_dir() else "mistake_db_mean"
    stubs = build_template(assignment)
    return (
        course,
        assignment,
        {
            "reference": reference,
            "stub": {file: stubs[file] for file in assignment.files},
            "half_done": python_files(known / "half_done"),
            "mistakes": python_files(known / mistakes),
            "spoilt": {**reference, **spoilt},
        },
    )

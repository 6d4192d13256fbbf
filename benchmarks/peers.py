"""`make bench-peers`: submissions a minute in nbgrader, otter and this engine, in one run on the same cores.

The eight tests of `benchmarks/course`, each tool in its own way: nbgrader's and otter's tests are asserts in the
student's kernel (`native.py`), this engine's are a suite with workers. Every tool gets all cores: nbgrader and otter,
which grade one submission after another, run once for each core, with their share of the submissions; of otter's two
ways the faster one counts. Starting the tools is part of the time. Then Lab 1, as this engine grades it and as
`autograder release --to nbgrader` and `--to otter` have it graded there.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import native

from autograder.batch import LocalExecutor
from autograder.course import load_assignment, load_course
from autograder.grading import make_plan, reference_submission, to_grade
from autograder.interop.release import write_release
from autograder.model import Assignment, Submission
from autograder.worker.isolation import isolation

HERE = Path(__file__).parent
CORES = len(os.sched_getaffinity(0))
LAB1_EACH, LAB1_OURS = 2, 24
_OTTER_LOOP = """
import sys
from otter.api import grade_submission
for path in sys.argv[2:]:
    results = grade_submission(path, ag_path=sys.argv[1], quiet=True)
    assert abs(results.total - {points}) < 1e-6, results.total
"""


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description="Submissions a minute in nbgrader, otter and this engine.")
    arguments.add_argument("--each", type=int, default=6, help="submissions for each core in nbgrader and otter")
    arguments.add_argument("--ours", type=int, default=1000, help="submissions in this engine")
    arguments.add_argument("--without-lab1", action="store_true", help="leave out Lab 1")
    given = arguments.parse_args()
    print(f"{CORES} cores; eight tests, {native.MAX_POINTS:g} points; everything handed in is the reference")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        measured = {
            "nbgrader autograde": (nbgrader(scratch / "nb", native_course, given.each), given.each * CORES),
            "otter run": (otter_run(scratch / "ot", given.each), given.each * CORES),
            "otter's API, many in one process": (otter_api(scratch / "ot", given.each), given.each * CORES),
            "this engine": (engine(HERE / "course", "eight_tests", given.ours), given.ours),
        }
        rates = {}
        for tool, (measure, count) in measured.items():
            rates[tool] = rate(measure, count)
            print(f"{tool:36s} {rates[tool]:8.1f} submissions a minute", flush=True)
        best = max(value for tool, value in rates.items() if tool != "this engine")
        print(f"this engine against the faster of the two: {rates['this engine'] / best:.0f} times", flush=True)
        if not given.without_lab1:
            lab1(scratch)


def rate(measured: Callable[[], float], count: int) -> float:
    """Submissions a minute."""
    return count / measured() * 60


def lab1(scratch: Path) -> None:
    """Lab 1 whole."""
    course = load_course(HERE.parent / "assignments")
    assignment = load_assignment(course, "lab1")
    ours = rate(engine(course.folder, assignment.id, LAB1_OURS), LAB1_OURS)
    exported = nbgrader(scratch / "nb1", lambda folder: exported_course(folder, assignment), LAB1_EACH)
    there = rate(exported, LAB1_EACH * CORES)
    print(f"{assignment.id}: this engine {ours:.1f}, as an nbgrader course {there:.1f} submissions a minute")
    print("`make bench` says what of a submission is computing, and what the grader's own time")


def nbgrader(folder: Path, prepare: Callable[[Path], str], each: int) -> Callable[[], float]:
    """Seconds of `nbgrader autograde`, one for each core."""

    def measure() -> float:
        courses = []
        for core in range(CORES):
            course = folder / f"core{core}"
            lab = prepare(course)
            call(["nbgrader", "generate_assignment", lab], course)
            for number in range(each):
                submitted = course / "submitted" / f"s{number}" / lab
                shutil.copytree(course / "release" / lab, submitted)
                shutil.copyfile(course / "source" / lab / f"{lab}.ipynb", submitted / f"{lab}.ipynb")
            courses.append((course, lab))
        started = time.perf_counter()
        together([(["nbgrader", "autograde", lab], course) for course, lab in courses])
        taken = time.perf_counter() - started
        for course, lab in courses:
            check_nbgrader(course, lab)
        return taken

    return measure


def native_course(folder: Path) -> str:
    """An nbgrader course with the eight tests as asserts."""
    source = folder / "source" / "eight" / "eight.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(native.nbgrader_notebook())
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    return "eight"


def exported_course(folder: Path, assignment: Assignment) -> str:
    """The lab as this engine releases it for nbgrader."""
    write_release(assignment, "nbgrader", folder, "restricted")
    return assignment.id


def check_nbgrader(course: Path, lab: str) -> None:
    """Everybody has full marks, or the figure means nothing."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        for entry in book.assignment_submissions(lab):
            if abs(entry.score - entry.max_score) > 1e-6:
                sys.exit(f"nbgrader gave {entry.score} of {entry.max_score} in {course}")


def otter_package(folder: Path, each: int) -> tuple[Path, list[list[str]]]:
    """The autograder's zip, and each core's notebooks."""
    if not (folder / "autograder.zip").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "eight.ipynb").write_bytes(native.otter_notebook())
        call([sys.executable, "-m", "otter", "assign", "eight.ipynb", "dist"], folder)
        (made,) = (folder / "dist" / "autograder").glob("*.zip")
        made.rename(folder / "autograder.zip")
    shares = []
    for core in range(CORES):
        paths = []
        for number in range(each):
            path = folder / f"core{core}" / f"s{number}" / "eight.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / "dist" / "autograder" / "eight.ipynb", path)
            paths.append(str(path))
        shares.append(paths)
    return folder / "autograder.zip", shares


def otter_run(folder: Path, each: int) -> Callable[[], float]:
    """Seconds of `otter run`, one submission after another on each core."""

    def measure() -> float:
        zipped, shares = otter_package(folder, each)
        script = 'for path in "$@"; do otter run -a autograder.zip -o "$(dirname "$path")" "$path" || exit 1; done'
        started = time.perf_counter()
        together([(["bash", "-c", script, "otter", *paths], zipped.parent) for paths in shares])
        taken = time.perf_counter() - started
        for path in (path for paths in shares for path in paths):
            results = json.loads((Path(path).parent / "results.json").read_text())
            if abs(sum(test.get("score", 0) for test in results["tests"]) - native.MAX_POINTS) > 1e-6:
                sys.exit(f"otter did not give full marks: {path}")
        return taken

    return measure


def otter_api(folder: Path, each: int) -> Callable[[], float]:
    """Seconds of otter's API, all of a core's submissions in one process."""

    def measure() -> float:
        zipped, shares = otter_package(folder, each)
        loop = _OTTER_LOOP.format(points=native.MAX_POINTS)
        started = time.perf_counter()
        together([([sys.executable, "-c", loop, str(zipped), *paths], zipped.parent) for paths in shares])
        return time.perf_counter() - started

    return measure


def engine(folder: Path, lab: str, count: int) -> Callable[[], float]:
    """Seconds of this engine, suite processes' start and the reference's own run included."""

    def measure() -> float:
        course = load_course(folder)
        assignment = load_assignment(course, lab)
        reference = reference_submission(assignment)
        submissions = [Submission(f"s{number}", reference.files) for number in range(count)]
        plan = make_plan(course, assignment, assignment.seed, isolation().grade)
        started = time.perf_counter()
        with contextlib.closing(LocalExecutor(CORES).run(plan, submissions)) as results:
            grades = [to_grade(assignment, graded) for graded in results]
        taken = time.perf_counter() - started
        if any(entry.points != entry.question.points for grade in grades for entry in grade.questions):
            sys.exit("this engine did not give full marks")
        return taken

    return measure


def call(command: Sequence[str], folder: Path) -> None:
    """Run a tool, which must succeed."""
    together([(command, folder)])


def together(commands: Sequence[tuple[Sequence[str], Path]]) -> None:
    """Run tools at the same time, one thread of computing each."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryFile("w+") as said:
        running = [
            subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said)
            for command, folder in commands
        ]
        codes = [process.wait() for process in running]
        if any(codes):
            said.seek(0)
            sys.exit(f"{commands[0][0]} failed: {said.read()[-2000:]}")


if __name__ == "__main__":
    main()

"""Batches: suite processes that die or hang, killed runs, and what is graded again."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.batch import LocalExecutor
from autograder.course import load_assignment, load_course
from autograder.errors import CourseError, GraderFault
from autograder.grading import grade_batch, make_plan
from autograder.model import Outcome, Submission
from autograder.worker.isolation import isolation
from autograder.worker.messages import Grade

RIGHT = "def one():\n    return 1\n\n\ndef two(x):\n    return 2 * x\n"
SLOW = "import time\ntime.sleep(0.4)\n" + RIGHT

# A suite process that kills itself when the student's answer asks for it: a bug of the grader's, not the student's.
SUICIDAL = '''import os, signal, time
from pathlib import Path
from autograder.testing import *
from autograder.worker.isolation import isolation
from autograder.worker.messages import Grade

@question("2")
def test_two(student):
    """x"""
    if student.two(1.0) == 7:
        os.kill(os.getpid(), signal.SIGKILL)

@question("2")
def test_hang(student):
    """x"""
    if student.two(1.0) == 8:
        time.sleep(600)
'''


def submissions(folder: Path, count: int, source: str = RIGHT) -> Path:
    for number in range(count):
        (folder / f"s{number}").mkdir(parents=True)
        (folder / f"s{number}" / "work.py").write_text(source)
    return folder


def plan_for(course, **changes):
    loaded = load_course(course)
    assignment = load_assignment(loaded, "tiny")
    plan = make_plan(loaded, assignment, assignment.seed)
    return type(plan)(**{**{name: getattr(plan, name) for name in plan.__struct_fields__}, **changes})


def test_a_suite_process_that_dies_costs_one_submission(make_course):
    """It is tried twice, then its points stay open; the others are graded."""
    work = [Submission(name, {"work.py": RIGHT.replace("2 * x", answer).encode()})
            for name, answer in [("ada", "2 * x"), ("bob", "7"), ("cyd", "2 * x"), ("dan", "2 * x")]]  # fmt: skip
    results = {g.submission.student: g for g in LocalExecutor(2).run(plan_for(make_course(hidden=SUICIDAL)), work)}
    assert set(results) == {"ada", "bob", "cyd", "dan"}
    assert "lost 2 times" in results["bob"].fault
    assert not results["bob"].cases
    assert all(case.outcome is Outcome.PASSED for name in ("ada", "cyd", "dan") for case in results[name].cases)


def test_a_suite_process_that_hangs_is_replaced(make_course):
    """After the time that all limits of a submission allow."""
    plan = plan_for(make_course(hidden=SUICIDAL), seconds_allowed=2.0)
    work = [
        Submission("bob", {"work.py": RIGHT.replace("2 * x", "8").encode()}),
        Submission("cyd", {"work.py": RIGHT.encode()}),
    ]
    results = {g.submission.student: g for g in LocalExecutor(1).run(plan, work)}
    assert "did not answer in time" in results["bob"].fault
    assert results["cyd"].fault == ""


def test_no_submissions_start_no_processes(make_course):
    """Nothing to do is nothing done."""
    assert list(LocalExecutor(2).run(plan_for(make_course()), [])) == []


def test_suite_processes_that_never_live_are_given_up(make_course, monkeypatch):
    """With what they last said, instead of starting them for ever."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(GraderFault, match="do not stay alive"):
        list(LocalExecutor(1).run(plan_for(make_course()), [Submission("ada", {})]))


def test_what_cannot_be_preloaded_is_said_once(make_course):
    """It is the course's mistake, in the words of the import that failed."""
    course = make_course()
    text = (course / "tiny/assignment.yaml").read_text()
    (course / "tiny/assignment.yaml").write_text(text.replace("preload: [numpy]", "preload: [numpy, no_such_module]"))
    with pytest.raises(CourseError, match=r"^assignment.yaml: preload: No module named 'no_such_module'$"):
        list(LocalExecutor(1).run(plan_for(course), [Submission("a", {"work.py": RIGHT.encode()})]))


def test_a_suite_process_knows_the_environment_and_its_workers_do_not(make_course, monkeypatch):
    """Tests may use what the instructor has set; student code finds none of it, not even in its first memory."""
    monkeypatch.setenv("SECRET_OF_MINE", "seventeen")
    course = make_course(
        public="""import os
from autograder.testing import *

@question("2")
def test_two(student):
    \"\"\"x\"\"\"
    assert os.environ["SECRET_OF_MINE"] == "seventeen"
    assert student.two(1.0) == 2.0
""",
        hidden=None,
    )
    nosy = "import os\n" + RIGHT.replace(
        "return 2 * x", "return 2 * x + 100 * ('SECRET' in open('/proc/self/environ').read() + str(os.environ))"
    )
    plan = plan_for(course)
    done = {
        graded.submission.student: [case.outcome for case in graded.cases if case.question == "2"]
        for graded in LocalExecutor(1).run(
            plan, [Submission("a", {"work.py": RIGHT.encode()}), Submission("b", {"work.py": nosy.encode()})]
        )
    }
    assert done == {"a": [Outcome.PASSED], "b": [Outcome.PASSED]}


def test_a_missing_reference_is_said_so(make_course):
    """It proves the suite."""
    course = make_course(solution="def one(): return 1\n")
    (course.parent / "solutions" / "tiny" / "work.py").unlink()
    loaded = load_course(course)
    with pytest.raises(CourseError, match=r"work\.py missing; the reference proves the suite"):
        make_plan(loaded, load_assignment(loaded, "tiny"), 1)


def grade(course, paths, book, **options):
    return grade_batch(
        load_course(course),
        "tiny",
        [paths],
        gradebook=book,
        executor=LocalExecutor(2),
        held=isolation(Grade.LIMITS),
        **options,
    )


def test_only_what_is_new_or_changed_is_graded(make_course, tmp_path):
    """By the content of the submission and of the suite."""
    course, work, book = make_course(), submissions(tmp_path / "in", 3), tmp_path / "gradebook.db"
    assert len(grade(course, work, book).graded) == 3
    second = grade(course, work, book)
    assert (second.graded, second.skipped) == ([], 3)
    (work / "s1" / "work.py").write_text(RIGHT + "\n# another version\n")
    assert [grade.student for grade in grade(course, work, book).graded] == ["s1"]
    assert len(grade(course, work, book, again=True).graded) == 3
    hidden = course / "tiny" / "tests" / "hidden" / "test_work.py"
    hidden.write_text(hidden.read_text() + "\n")
    assert len(grade(course, work, book).graded) == 3


def test_open_points_are_graded_again_once_the_suite_is_mended(make_course, tmp_path):
    """A grader error holds points back; it is no zero, and the next run fills it in."""
    work, book = submissions(tmp_path / "in", 1), tmp_path / "gradebook.db"
    broken = "from autograder.testing import *\n@question('2')\ndef test_two(student):\n    '''x'''\n    assert student.two(1.0) == 3\n"
    course = make_course(hidden=broken)
    (first,) = grade(course, work, book).graded
    assert (first.points, first.open_points, first.settled) == (2.0, 4.0, False)
    assert len(grade(course, work, book).graded) == 1
    (course / "tiny" / "tests" / "hidden" / "test_work.py").write_text(broken.replace("== 3", "== 2"))
    (mended,) = grade(course, work, book).graded
    assert (mended.points, mended.open_points, mended.settled) == (6.0, 0.0, True)


def driver(course, work, out) -> subprocess.Popen:
    command = [str(Path(sys.executable).with_name("autograder")), "grade", "tiny", str(work), "--course", str(course)]
    return subprocess.Popen(
        [*command, "--out", str(out), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def alive(group_of: int) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            text = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            state = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if ("autograder.slot" in text or "autograder.worker" in text) and state[0] != "Z" and int(state[3]) == group_of:
            found.append(text)
    return found


def test_a_batch_killed_with_minus_nine_goes_on_where_it_was(make_course, tmp_path):
    """Nothing is lost, nothing is graded twice, and no process is left."""
    course, work, out = make_course(), submissions(tmp_path / "in", 12, SLOW), tmp_path / "grades"
    first = driver(course, work, out)
    done = 0
    while done < 3:  # three are written
        done += json.loads(first.stdout.readline())["event"] == "grade"
    first.send_signal(signal.SIGKILL)
    first.communicate()
    session = os.getsid(0)
    deadline = time.monotonic() + 10
    while alive(session) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert alive(session) == []
    with sqlite3.connect(out / "gradebook.db") as book:
        before = book.execute("SELECT count(*) FROM attempt").fetchone()[0]
    book.close()
    assert 3 <= before < 12
    second = driver(course, work, out)
    lines = [json.loads(line) for line in second.communicate()[0].splitlines()]
    assert second.returncode == 0
    assert lines[0] == {"event": "start", "total": 12}
    assert (lines[-1]["graded"], lines[-1]["unchanged"]) == (12 - before, before)
    with sqlite3.connect(out / "gradebook.db") as book:
        rows = book.execute("SELECT student_id, count(*), min(points) FROM attempt GROUP BY student_id").fetchall()
    book.close()
    assert len(rows) == 12
    assert {(count, points) for _, count, points in rows} == {(1, 6.0)}

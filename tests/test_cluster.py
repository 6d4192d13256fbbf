"""Grading on a Ray cluster: the same grades, whatever is lost on the way; and nothing of Ray in sight of a student."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("ray")

import clusters
import record_expected
from ray.exceptions import RayError
from test_batch import RIGHT, SUICIDAL, submissions

from autograder.batch import this_node
from autograder.cluster.course import FOLDER, carried, digest_there, unpack
from autograder.cluster.places import _missing, difference
from autograder.course import load_assignment, load_course, suite_digest
from autograder.digests import files_digest
from autograder.variants import load_mutants
from autograder.worker.isolation import isolation

HERE = Path(__file__).parent
UNSAFE = ["--unsafe-no-sandbox"] if isolation().grade == "limits" else []
SLOW = "import time\ntime.sleep(0.4)\n" + RIGHT


@pytest.fixture(scope="module")
def cluster():
    """Two machines with a processor each, and a head without."""
    with clusters.Cluster(0) as cluster:
        cluster.add(1)
        cluster.add(1)
        yield cluster


def command(cluster, course, work, out, *options):
    start = [sys.executable, "-m", "autograder", "grade", "tiny", str(work), "--course", str(course), "--out", str(out)]
    return [*start, "--json", "--cluster", cluster.address, *UNSAFE, *options]


def grade(cluster, *arguments, env=None):
    """Exit code, lines of JSON, standard error."""
    run = subprocess.run(command(cluster, *arguments), env=env or cluster.env, capture_output=True, text=True)
    return run.returncode, [json.loads(line) for line in run.stdout.splitlines()], run.stderr


def run_plan(cluster, course, work, sandbox, *more):
    """What `run_cluster.py` prints."""
    script = [sys.executable, str(HERE / "run_cluster.py"), cluster.address, "tiny", str(work), sandbox, *more]
    run = subprocess.run(script, cwd=course.parent, env=cluster.env, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def left_behind(cluster):
    return [path.name for path in cluster.temporary.glob("autograder-*")]


def rows(out):
    """How often each student was graded, and with which points."""
    with sqlite3.connect(out / "gradebook.db") as book:
        found = book.execute("SELECT student_id, count(*), min(points) FROM attempt GROUP BY student_id").fetchall()
    book.close()
    return found


@pytest.mark.slow
def test_known_submissions_get_what_they_get_here(cluster, tmp_path):
    """Points, outcomes and every word."""
    names = ("perfect", "half_done", "mistake_db_mean", "syntax_error", "str_raises", "cheat_always_equal")
    here = record_expected.grade_known("lab1_nn_basics", tmp_path / "here", names, "--no-diagnosis")
    options = ("--no-diagnosis", "--cluster", cluster.address)
    there = record_expected.grade_known("lab1_nn_basics", tmp_path / "there", names, *options, env=cluster.env)
    assert len(there) == len(names)
    assert len({line.pop("node") for line in there.values()}) == 2
    assert {line.pop("node") for line in here.values()} == {None}
    for line in (*here.values(), *there.values()):
        assert line.pop("seconds") > 0
    assert there == here


LOOKS_AROUND = """import os, socket, sys

def seen(path):
    try:
        return os.listdir(path)
    except OSError as problem:
        return type(problem).__name__

def one():
    print("ENV", sorted(os.environ))
    print("SHM", seen("/dev/shm"))
    print("RAY", seen({ray!r}))
    try:
        socket.create_connection({address!r}, 5)
        print("NETWORK")
    except OSError as problem:
        print("no network:", problem)
    return 7

def two(x):
    return 2 * x
"""
LOOKS_ITSELF = '''import os
from autograder.testing import *

@question("2")
def test_where_the_suite_runs(student):
    """In a process without Ray's variables, on files that were carried here."""
    assert [name for name in os.environ if name.startswith("RAY_")] == []
    assert "autograder-course-" in __file__
    assert student.two(1.0) == 2
'''


@pytest.mark.slow
def test_students_see_nothing_of_ray(cluster, make_course, tmp_path):
    """No variable, no shared memory, no folder of its session, no network; the suite process has no variable either."""
    host, _, port = cluster.address.partition(":")
    session = cluster.folder / "session_latest"
    assert (session / "sockets").is_dir()
    looks = LOOKS_AROUND.format(ray=str(session), address=(host, int(port)))
    work = submissions(tmp_path / "in", 1, looks)
    with tempfile.NamedTemporaryFile(dir="/dev/shm", prefix="plasma"):
        lines = run_plan(cluster, make_course(hidden=LOOKS_ITSELF), work, isolation().grade)
    (graded,) = [line for line in lines if "student" in line]
    assert lines[-1] == {"broken": {}}  # the reference passes the suite's own look around
    one, two = sorted(graded["cases"], key=lambda case: case["question"])
    assert (two["outcome"], one["outcome"]) == ("passed", "failed")
    said = dict(line.partition(" ")[::2] for line in one["feedback"]["output"].splitlines())
    assert "PATH" in said["ENV"]
    assert "RAY" not in said["ENV"]
    assert "AUTH" not in said["ENV"]
    if not UNSAFE:
        assert "plasma" not in said["SHM"]
        assert said["RAY"] in ("FileNotFoundError", "PermissionError")
        assert "NETWORK" not in said
    assert left_behind(cluster) == []  # neither the course nor a submission


@pytest.mark.slow
def test_a_slot_that_hangs_is_ended_by_force(cluster, make_course, tmp_path):
    """Twice, and then its points stay open; the others are graded, and nothing is left behind."""
    work = submissions(tmp_path / "in", 3)
    (work / "s1" / "work.py").write_text(RIGHT.replace("2 * x", "8"))
    lines = run_plan(cluster, make_course(hidden=SUICIDAL), work, "limits", "3")
    graded = {line["student"]: line for line in lines if "student" in line}
    assert set(graded) == {"s0", "s1", "s2"}
    assert "lost 2 times: it did not answer in time" in graded["s1"]["fault"]
    assert all(case["outcome"] == "passed" for name in ("s0", "s2") for case in graded[name]["cases"])
    assert left_behind(cluster) == []


@pytest.mark.slow
def test_nothing_is_lost_with_a_machine_or_a_slot(make_course, tmp_path):
    """A raylet and a suite process are killed on the way, a machine joins: everything is graded once, and as ever."""
    work, out = submissions(tmp_path / "in", 24, SLOW), tmp_path / "out"
    lines = []
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(clusters.Cluster(0))
        doomed, _ = cluster.add(1), cluster.add(1)
        start = command(cluster, make_course(), work, out)
        run = stack.enter_context(subprocess.Popen(start, env=cluster.env, stdout=subprocess.PIPE, text=True))
        stack.callback(run.kill)

        def read(count):
            while sum(line["event"] == "grade" for line in lines) < count:
                lines.append(json.loads(run.stdout.readline()))

        read(4)
        os.kill(cluster.raylet(doomed), signal.SIGKILL)
        cluster.add(1)
        read(8)
        slot = next(pid for pid, text in clusters.processes() if "-m autograder.slot" in text and cluster.has(pid))
        os.kill(slot, signal.SIGKILL)
        rest = run.communicate()[0].splitlines()
    lines += map(json.loads, rest)
    assert run.returncode == 0, lines
    grades = [line for line in lines if line["event"] == "grade"]
    assert sorted(line["student"] for line in grades) == sorted(f"s{number}" for number in range(24))
    assert {line["points"] for line in grades} == {6.0}
    assert {tuple(line["notes"]) for line in grades} == {()}
    assert len({line["node"] for line in grades}) == 3  # the one that died, the one that stayed, the one that came
    assert any("has left the cluster" in line["text"] for line in lines if line["event"] == "note")
    assert {row[1:] for row in rows(out)} == {(1, 6.0)}
    assert len(rows(out)) == 24


@pytest.mark.slow
def test_a_machine_with_other_versions_is_not_used(make_course, tmp_path):
    """One line says which; the others grade. Where it is the only one, nothing is graded."""
    other = tmp_path / "other" / "numpy-0.1.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.1\n")
    course, work = make_course(), submissions(tmp_path / "in", 2)
    with clusters.Cluster(0) as cluster:
        cluster.add(1, PYTHONPATH=str(other.parent))
        code, _, said = grade(cluster, course, work, tmp_path / "none")
        assert code == 3
        assert "no machine of the cluster can grade" in said
        assert "numpy 0.1 there" in said
        cluster.add(1)
        code, lines, _ = grade(cluster, course, work, tmp_path / "out")
    assert code == 0
    (note,) = [line["text"] for line in lines if line["event"] == "note"]
    assert "is not used: numpy 0.1 there" in note
    assert len({line["node"] for line in lines if line["event"] == "grade"}) == 1


@pytest.mark.slow
def test_an_open_cluster_is_refused(make_course, tmp_path):
    """Whoever reaches it could run programs on it; the line says how to start one that asks for a token."""
    with clusters.Cluster(1, token="") as cluster:
        env = {**cluster.env, "RAY_AUTH_TOKEN": clusters.TOKEN}
        code, lines, said = grade(cluster, make_course(), submissions(tmp_path / "in", 1), tmp_path / "out", env=env)
    assert (code, lines) == (3, [])
    (line,) = said.splitlines()
    assert "lets in anybody, without a token" in line
    assert "RAY_AUTH_MODE=token" in line


@pytest.mark.slow
def test_a_wrong_token_is_one_line(cluster, make_course, tmp_path):
    """The cluster does not let us in."""
    env = {**cluster.env, "RAY_AUTH_TOKEN": "some other token, also thirty-two characters"}
    code, lines, said = grade(cluster, make_course(), submissions(tmp_path / "in", 1), tmp_path / "out", env=env)
    assert (code, lines, len(said.splitlines())) == (3, [], 1)
    assert "does not take our token" in said


def refused(cluster_address, course, work, env):
    run = [sys.executable, "-m", "autograder", "grade", "tiny", str(work), "--course", str(course), *UNSAFE]
    result = subprocess.run([*run, "--cluster", cluster_address], env=env, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (3, "")
    (line,) = result.stderr.splitlines()
    return line


def test_what_is_refused_before_anything_is_asked(make_course, tmp_path):
    """No token here; no such address; nobody there."""
    course, work = make_course(), submissions(tmp_path / "in", 1)
    without = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")} | {"HOME": "/nowhere"}
    line = refused("127.0.0.1:6379", course, work, without)
    assert "neither RAY_AUTH_TOKEN is set nor does /nowhere/.ray/auth_token hold one" in line
    assert "ray get-auth-token --generate" in line
    env = {**without, "RAY_AUTH_TOKEN": clusters.TOKEN}
    assert "not HOST:PORT" in refused("ray://127.0.0.1:10001", course, work, env)


def test_nobody_there_is_one_line(make_course, tmp_path):
    """With the address."""
    address = f"127.0.0.1:{clusters.free_port()}"
    env = {**os.environ, "RAY_AUTH_TOKEN": clusters.TOKEN}
    assert f"no cluster answers at {address}" in refused(address, make_course(), submissions(tmp_path / "in", 1), env)


def test_what_is_carried_grades_as_the_course_does(make_course, tmp_path):
    """The same files, down to the digest; the assignment loads from them with its mistakes, stubs and reference."""
    course = load_course(HERE.parent / "assignments")
    original = load_assignment(course, "lab1")
    files = carried(course.folder, original.id)
    unpack(files, tmp_path / "there")
    assert carried(tmp_path / "there" / FOLDER, original.id).keys() == files.keys()
    copy = load_assignment(load_course(tmp_path / "there" / FOLDER), original.id)
    assert suite_digest(copy) == suite_digest(original)
    assert load_mutants(copy, "1.7") == load_mutants(original, "1.7") != ()
    assert [(copy.template / file).read_bytes() for file in copy.files] == [
        (original.template / file).read_bytes() for file in original.files
    ]
    folder = make_course()
    before = digest_there(folder, "tiny")
    assert before == files_digest(carried(folder, "tiny"))
    (folder.parent / "solutions" / "tiny" / "work.py").write_text("# another\n")
    assert digest_there(folder, "tiny") not in ("", before)
    assert digest_there(tmp_path / "nowhere", "tiny") == ""


def test_machines_that_differ_are_named_by_what_differs():
    """Versions, copies of the engine, sandboxes; not the kernel."""
    here = this_node("limits")
    same = msgspec.structs.replace(here, name="other", versions={**here.versions, "platform": "another kernel"})
    assert difference(here, same) == ""
    older = msgspec.structs.replace(here, versions={**here.versions, "torch": "1.0"}, engine="x")
    assert difference(here, older) == f"torch 1.0 there, {here.versions['torch']} here"
    copy = msgspec.structs.replace(here, engine="x")
    assert "is another copy than this one" in difference(here, copy)
    weaker = msgspec.structs.replace(here.isolation, grade="restricted", reasons={"full": "no user namespaces"})
    open_node = msgspec.structs.replace(here, isolation=weaker)
    assert difference(here, open_node) == "student code cannot be walled in as here (limits): no user namespaces"


def test_a_machine_without_the_engine_is_told_from_one_that_is_lost():
    """By what its Ray worker could not import."""
    there = RayError("The actor died\nModuleNotFoundError: No module named 'autograder'")
    assert "autograder with its extra ray is not installed there" in _missing(there)
    assert _missing(RayError("The actor died unexpectedly")) == ""

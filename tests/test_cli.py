"""The command line: one line for what is wrong, exit codes, JSON, and a display that stays quiet when piped."""

import json

import pytest
from click.testing import CliRunner
from conftest import ASSIGNMENT

from autograder.cli import main
from autograder.course import load_assignment, load_course
from autograder.gradebook import Gradebook
from autograder.worker.isolation import isolation, try_grade
from autograder.worker.messages import Grade

NO_SANDBOX = isolation().grade == "limits"
RIGHT = "def one():\n    return 1\n\n\ndef two(x):\n    return 2 * x\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    extra = ["--unsafe-no-sandbox"] if NO_SANDBOX else []

    def invoke(*arguments):
        return runner.invoke(main, [*map(str, arguments), *(extra if arguments[0] == "grade" else [])])

    return invoke


def hand_in(folder, **students):
    for name, source in students.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "work.py").write_text(source)
    return folder


def test_grading_prints_a_table_and_where_everything_lies(run, make_course, tmp_path):
    """The sandbox is worth a line only where something of it is missing."""
    work = hand_in(tmp_path / "in", ada=RIGHT, bob="def one(): return 2\ndef two(x): return x * 2\n")
    result = run("grade", "tiny", work, "--course", make_course(), "--jobs", 2)
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.output.splitlines()]
    assert ["ada", "6/6", "2", "4"] in rows
    assert ["bob", "4/6", "0", "4"] in rows
    assert isolation().warning in " ".join(result.output.split())
    assert (tmp_path / "grades" / "gradebook.db").is_file()
    assert "gradebook  grades/gradebook.db" in result.output
    again = run("grade", "tiny", work, "--course", make_course())
    assert "2 unchanged" in again.output


def test_json_lines_and_nothing_else(run, make_course, tmp_path):
    """One for the start, one for each grade, one for the end."""
    work = hand_in(tmp_path / "in", ada=RIGHT)
    result = run("grade", "tiny", work, "--course", make_course(), "--json")
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [line["event"] for line in lines] == ["start", "grade", "end"]
    assert (lines[1]["student"], lines[1]["points"], lines[1]["open_points"]) == ("ada", 6, 0)
    assert [case["outcome"] for question in lines[1]["questions"] for case in question["cases"]] == ["passed"] * 3


def test_the_table_says_that_it_leaves_lateness_out(run, make_course, tmp_path):
    """Slip days may cover it yet; `status` has everybody's grade as it stands."""
    course = make_course(assignment=ASSIGNMENT + "due: 2026-10-01T12:00:00+00:00\nlate: {take: 10%}\n")
    work = hand_in(tmp_path / "in", ada=RIGHT)
    late = ["grade", "tiny", work, "--course", course, "--again", "--submitted-at"]
    result = run(*late, "2026-10-02 10:00")
    assert "1 student loses points for lateness: not in this table, but in `autograder status tiny`" in " ".join(
        result.output.split()
    )
    assert json.loads(run(*late, "2026-10-02 11:00", "--json").output.splitlines()[-1])["late"] == 1
    assert "lateness" not in run(*late, "2026-09-30 10:00").output


def test_a_grader_error_is_exit_code_1(run, make_course, tmp_path):
    """And stands in the table, with the test that judges nobody."""
    hidden = "from autograder.testing import *\n@question('2')\ndef test_two(student):\n    '''x'''\n    assert student.two(1.0) == 3\n"
    result = run("grade", "tiny", hand_in(tmp_path / "in", ada=RIGHT), "--course", make_course(hidden=hidden))
    assert result.exit_code == 1
    assert "the reference does not pass hidden/test_work.py::test_two" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["grade", "tinyy", "in"], 'autograder: no assignment "tinyy" in this course'),
        (["grade", "tiny", "empty"], "autograder: empty: no submission found"),
        (["report", "tiny"], "no gradebook there; `autograder grade` makes one"),
        (["grade", "tiny", "nothere"], "Path 'nothere' does not exist"),
        (["grade", "tiny"], "name what to grade (PATHS), or ask for --only pending"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(run, make_course, tmp_path, arguments, message):
    """No traceback for what a person can mend."""
    hand_in(tmp_path / "in", ada=RIGHT)
    (tmp_path / "empty").mkdir()
    result = run(*arguments, "--course", make_course())
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_a_report_in_the_terminal(run, make_course, tmp_path):
    """For staff: all values; a name that is nearly right is offered."""
    work = hand_in(tmp_path / "in", ada="def one(): return 1\ndef two(x): return x\n")
    course = make_course()
    run("grade", "tiny", work, "--course", course)
    result = run("report", "tiny", "ada", "--course", course)
    assert result.exit_code == 0
    assert "two[0]: expected" in result.output
    assert "next: 2 two(x) is twice x." in result.output
    missing = run("report", "tiny", "adda", "--course", course)
    assert missing.exit_code == 2
    assert "Did you mean 'ada'?" in missing.output


def test_drift_of_a_template_is_exit_code_1(run, make_course, tmp_path):
    """Named, and mended by running the command without --check."""
    course = make_course()
    (course / "tiny" / "README.md").write_text("# Tiny\n")
    drift = run("release", "tiny", "--course", course, "--check")
    assert drift.exit_code == 1
    assert "is missing" in drift.output
    assert run("release", "tiny", "--course", course).exit_code == 0
    assert run("release", "tiny", "--course", course, "--check").exit_code == 0


def test_doctor_lists_every_layer(run):
    """What holds, and what is missing."""
    result = run("doctor")
    states = dict(reversed(line.split()[:2]) for line in result.output.splitlines() if line.startswith("  "))
    assert states["watchdog"] == "held"
    assert (states["seccomp"] == "held") is ("seccomp" in isolation().held)
    assert "no system call outside the list" in result.output
    assert json.loads(run("doctor", "--json").output)["grade"] == isolation().grade


def test_doctor_says_whether_bubblewrap_can_make_the_walls(run, monkeypatch):
    """Or why not."""
    monkeypatch.setattr("autograder.worker.isolation.try_grade", lambda _grade: "")
    assert "--sandbox bwrap: holds, too\n" in run("doctor").output
    assert json.loads(run("doctor", "--json").output)["bubblewrap"] == {"holds": True, "reason": ""}
    monkeypatch.setattr("autograder.worker.isolation.try_grade", lambda _grade: "there is no bwrap")
    assert "--sandbox bwrap: there is no bwrap\n" in run("doctor").output
    assert json.loads(run("doctor", "--json").output)["bubblewrap"] == {"holds": False, "reason": "there is no bwrap"}


@pytest.mark.skipif(bool(try_grade(Grade.BUBBLEWRAP)), reason="bubblewrap is not installed, or has no namespaces here")
def test_the_sandbox_that_was_asked_for_is_taken_and_recorded(run, make_course, tmp_path):
    """With the grade, in the gradebook."""
    course = make_course()
    work = hand_in(tmp_path / "in", ada=RIGHT)
    assert run("grade", "tiny", work, "--course", course, "--sandbox", "bwrap").exit_code == 0
    with Gradebook.open(tmp_path / "grades" / "gradebook.db") as book:
        (entry,) = book.current(load_assignment(load_course(course), "tiny"))
    assert entry.grade.points == 6
    assert (entry.isolation["grade"], entry.isolation["missing"]) == ("bwrap", [])


@pytest.mark.skipif(NO_SANDBOX, reason="the flag is always given here")
def test_nothing_takes_the_place_of_the_sandbox_that_was_asked_for(run, make_course, tmp_path, monkeypatch):
    """Exit code 3, and why it does not hold."""
    arguments = ("grade", "tiny", hand_in(tmp_path / "in", ada=RIGHT), "--course", make_course(), "--sandbox", "bwrap")
    monkeypatch.setattr("autograder.worker.isolation.try_grade", lambda grade, _gpu: f"no {grade} here")
    isolation.cache_clear()
    refused = run(*arguments)
    isolation.cache_clear()
    assert refused.exit_code == 3
    assert "does not give the sandbox that --sandbox asks for (bwrap: no bwrap here)" in refused.output
    both = run(*arguments, "--unsafe-no-sandbox")
    assert both.exit_code == 2
    assert "exclude each other" in both.output


@pytest.mark.skipif(NO_SANDBOX, reason="the flag is always given here")
def test_no_student_code_runs_without_a_sandbox_unless_asked_for(run, make_course, tmp_path, monkeypatch):
    """Exit code 3, what is missing, and the flag that accepts it; the grade then says so."""
    work = hand_in(tmp_path / "in", ada=RIGHT)
    course = make_course()
    monkeypatch.setattr("autograder.worker.isolation.try_grade", lambda grade, _gpu: f"no {grade} here")
    isolation.cache_clear()
    refused = run("grade", "tiny", work, "--course", course)
    assert refused.exit_code == 3
    assert "gives no sandbox for student code (full: no full here; restricted: no restricted here)" in refused.output
    accepted = run("grade", "tiny", work, "--course", course, "--unsafe-no-sandbox")
    isolation.cache_clear()
    assert accepted.exit_code == 0, accepted.output
    assert "without a sandbox" in accepted.output

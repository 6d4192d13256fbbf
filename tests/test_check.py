"""`autograder check`: what students see of the public tests, and that grading sees the same."""

import json
import re
import shutil
import time
import zipfile

import pytest
from student_lab import PUBLIC, RIGHT, Lab, Terminal, build, load, write_course
from test_plain import WITHOUT_FORK

from autograder.archive import find_submissions, read_submission
from autograder.batch import LocalExecutor
from autograder.course import load_course
from autograder.grading import make_plan
from autograder.workspace.start import start_lab

# 1.1 passes and prints, 1.2 has two faults, 1.3 raises, 1.4 never ends.
WRONG = {
    "sums": 'def total(values):\n    print("adding", len(values))\n    return sum(values) * 1.0\n\n\n'
    "def row_sums(x):\n    return x.sum(axis=0)\n",
    "means": "def mean(x):\n    return part(x)\n\n\ndef part(x):\n    return x[99]\n",
    "scale": "def scale(x, factor):\n    while factor == 0:\n        pass\n    return x * factor\n",
}


@pytest.fixture
def make_lab(make_course, tmp_path):
    """Makes a student's folder of the lab."""

    def make(name: str = "tiny", **files: str | None) -> Lab:
        received = tmp_path / "received.zip"
        if not received.is_file():
            received.write_bytes(build(write_course(make_course, **files)))
        return Lab(start_lab(str(received), tmp_path, tmp_path / name).folder)

    return make


@pytest.fixture
def lab(make_lab):
    return make_lab()


def test_each_question_in_a_line_the_first_failure_in_full_the_others_in_a_line(lab):
    """With its detail, its test and its hint, and one thing to do next; the exit code says that not all passed."""
    lab.solve("means.py")
    lab.write(sums=RIGHT["sums.py"].replace("axis=1", "axis=0"), scale="def scale(x, factor):\n    return x\n")
    result = lab.run("check")
    row_sums = PUBLIC.splitlines().index("def test_row_sums(student):") + 3
    assert [line.rstrip() for line in result.stdout.splitlines()] == [
        "Sums and means",
        "",
        "✓ 1.1  Total          all 2 public tests passed",
        "✗ 1.2  Row sums       0 of 2 public tests passed",
        "    ✗ Each row is summed.",
        "      row sums have shape (3,), expected (2,)",
        f"      tests/public/test_work.py:{row_sums}  the test",
        "      hint: Sum over the second axis.",
        "    ✗ There is one sum for each row: row sums have shape (3,), expected (4,)",
        "✓ 1.3  A stable mean  all 2 public tests passed",
        "✗ 1.4  Scaling        0 of 2 public tests passed",
        "    ✗ Twice 3 is 6: scaled is wrong",
        "    ✗ Scaled by 0, nothing is left: scaled is wrong",
        "– 1.5  In place       has no public tests; grading has hidden ones",
        "",
        "next: 1.2, fix sums.py:13, then check again: autograder check 1.2",
    ]
    assert (result.returncode, result.stderr) == (1, "")


def test_questions_that_are_named_are_shown_in_full(lab):
    """Every failure of theirs, with the student's own lines, the innermost last, and what was printed."""
    lab.write(means='def mean(x):\n    print("so far")\n    return part(x)\n\n\ndef part(x):\n    return x[99]\n')
    result = lab.run("check", "mean", here=lab.folder.parent)
    assert result.returncode == 1
    assert "1.1" not in result.stdout
    assert result.stdout.count("      IndexError: index 99 is out of bounds") == 1  # in the same line for another size
    assert "    ✗ The mean of 1 and 3 is 2. (2 tests)" in result.stdout
    assert result.stdout.count("      printed: so far") == 1
    lines = [line.strip() for line in result.stdout.splitlines()]
    first = lines.index("tiny/means.py:3  return part(x)")
    assert lines[first + 1] == "tiny/means.py:7  return x[99]"
    assert lines[-1] == "next: 1.3, fix tiny/means.py:7, then check again: autograder check 1.3"


def test_stubs_are_not_started(lab):
    """With the line where to begin; a question without public tests is no failure, and is not said to pass."""
    result = lab.run("check")
    assert "○ 1.1  Total          not started; sums.py:6" in result.stdout
    assert result.stdout.rstrip().endswith("next: 1.1, begin at sums.py:6; README.md explains it")
    assert result.returncode == 1
    untested = lab.run("check", "1.5")
    assert untested.returncode == 0
    assert "No public test can tell whether this is right. Grading runs hidden ones" in untested.stdout
    assert "pass." not in untested.stdout


def test_what_keeps_every_test_from_running_is_said_once(lab):
    """A syntax error, a module that is not there, a hang at import: the place, and no advice of a test's author."""
    lab.write(sums="def total(values:\n    return 1\n", means="import nowhere\n", scale="while True:\n    pass\n")
    result = lab.run("check")
    said = [line.strip() for line in result.stdout.splitlines()]
    assert sum(line.endswith("cannot be tested yet") for line in said) == 4
    assert said.count("sums.py line 1: SyntaxError: '(' was never closed") == 2  # two questions stand in this file
    assert said.count("sums.py:1  def total(values:") == 2
    assert sum("means.py line 1: ModuleNotFoundError: No module named 'nowhere'" in line for line in said) == 1
    assert said.count("your code took longer than 1.5 s, the limit for importing your file") == 1
    assert "hint:" not in result.stdout
    assert said[-1] == "next: 1.1, fix sums.py:1, then check again: autograder check 1.1  (stuck? autograder hint 1.1)"
    assert result.returncode == 1


def test_a_deleted_file_is_said_to_be_missing(lab):
    """By its name, with the file that it may be, and how to get the stub back."""
    (lab.folder / "means.py").unlink()
    checked = lab.check("1.3")["1.3"]
    assert checked["state"] == "blocked"
    assert checked["tests"][0]["message"] == "means.py is missing; or get the stub: autograder reset means.py"
    lab.write(means_old=RIGHT["means.py"])
    result = lab.run("check", "1.3")
    assert "means.py is missing. Is it `means_old.py`? Name the file means.py; or get" in result.stdout
    assert result.stdout.rstrip().endswith("next: 1.3, means.py is missing: autograder reset means.py")


def test_a_function_that_hangs_in_every_test_has_been_tested(lab):
    """Only a hang at import keeps tests from running: here each test's own advice still counts."""
    lab.write(
        sums="def total(values):\n    return 6.0 * bool(values)\n\n\ndef row_sums(x):\n    while True:\n        pass\n"
    )
    result = lab.run("check", "sums")
    assert "✗ 1.2  Row sums       0 of 2 public tests passed" in result.stdout
    assert result.stdout.count("your code took longer than 1 s, the limit for one test") == 1
    assert "Each row is summed. (2 tests)" in result.stdout
    assert "hint: Sum over the second axis." in result.stdout


MORE = PUBLIC + "".join(
    f'''

@question("1.4")
def test_scale_{n}(student):
    """{n} times 2."""
    assert_close(student.scale(2.0, {n}.0), {2 * n}.0)
'''
    for n in (3, 4)
)


def test_an_endless_loop_costs_two_tests(make_lab):
    """The others would hang as well; they count as not passed."""
    lab = make_lab(public=MORE)
    lab.write(scale="def scale(x, factor):\n    while True:\n        pass\n")
    result = lab.run("check", "1.4")
    assert "✗ 1.4  Scaling        0 of 4 public tests passed" in result.stdout
    assert "two tests in a row took too long, so the other 2 tests were not run" in result.stdout
    assert "next: 1.4, fix scale.py:1, then" in result.stdout
    assert "0 of 4" in lab.run("list").stdout


def test_a_test_that_takes_long_shows_a_sign_of_life(lab):
    """On a terminal, and only there."""
    settings = lab.folder / "assignment.yaml"
    settings.write_text(settings.read_text().replace("seconds: 1,", "seconds: 2.5,"))
    lab.write(scale="def scale(x, factor):\n    while True:\n        pass\n")
    with Terminal("check", "1.4", here=lab.folder) as terminal:
        terminal.until("1.4: test 1 has run for 1 s")
        terminal.until("0 of 2 public tests passed")


def test_the_same_crash_in_every_test_is_shown_once(lab):
    """With no hint of a test's author; what was raised stands there once."""
    lab.write(sums="def total(values):\n    return 0.0\n\n\ndef row_sums(x):\n    return halp(x)\n")
    result = lab.run("check", "1.2")
    assert result.stdout.count("NameError") == 1
    assert "NameError: name 'halp' is not defined" in result.stdout
    assert "✗ Each row is summed. (2 tests)" in result.stdout
    assert result.stdout.count("sums.py:6  return halp(x)") == 1
    assert "hint:" not in result.stdout


def test_a_breakpoint_without_the_debugger_is_one_line(lab):
    """In a function, where every test meets it, and while the file is imported."""
    needs = "breakpoint() needs: autograder check 1.3 --debug"
    for source in ("def mean(x):\n    breakpoint()\n    return 1.0\n", "import pdb; pdb.set_trace()\n"):
        lab.write(means=source)
        result = lab.run("check", "1.3")
        assert result.stdout.count(needs) == 1
        assert "BdbQuit" not in result.stdout
        assert "(Pdb)" not in result.stdout


def test_after_one_question_comes_the_next_that_is_not_done(lab):
    """Handing in comes after the last."""
    lab.solve("sums.py", "means.py")
    assert lab.run("check", "1.1").stdout.rstrip().endswith("\nnext: 1.2 Row sums, sums.py:12: autograder check 1.2")
    lab.run("check", "1.2", "1.3")
    lab.solve()
    after = lab.run("check", "1.4").stdout
    assert "All its public tests pass. Grading runs hidden ones, too" in after
    assert after.rstrip().endswith("next: 1.5 In place, speed.py:1: autograder check 1.5")
    lab.run("check", "1.5")
    assert lab.run("check", "1.4").stdout.rstrip().endswith("Hand in: autograder submit")


def test_all_right_is_exit_code_0_and_leads_to_handing_in(lab):
    """And says that grading has more tests."""
    lab.solve()
    result = lab.run("check")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.rstrip().endswith("Hand in: autograder submit")
    assert "All public tests pass. Grading runs hidden ones, too" in result.stdout


def test_notes_come_before_the_results(lab):
    """A test that is not as it was received, and a notebook that counts in place of an untouched stub."""
    tests = lab.folder / "tests" / "public" / "test_work.py"
    tests.write_text(tests.read_text().replace("Twice 3 is 6", "Twice three is six"))
    lab.notebook(a=RIGHT["means.py"])
    changed = "tests/public/test_work.py is not as you received it; grading uses its own copy"
    used = "1.3: tiny.ipynb counts; means.py is still the stub there"
    result = lab.run("check", "1.3")
    assert result.returncode == 0
    assert [line for line in result.stdout.splitlines() if line.startswith("note: ")][-1] == f"note: {changed}"
    assert f"note: {used}" in result.stdout
    checked = lab.check("1.3")["1.3"]
    assert checked["state"] == "passed"
    assert {changed, used} <= set(checked["notes"])


def test_a_notebook_counts_for_the_debugger_too(lab):
    """The untouched stub beside it gives way to it, as in grading."""
    lab.notebook(a=RIGHT["means.py"])
    result = lab.run("check", "1.3", "--debug")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "✓ 1.3" in result.stdout


def test_code_runs_in_the_folder_of_the_lab_wherever_the_command_is_typed(lab):
    """Data files are found beside the code, by the debugger as well."""
    lab.write(means=f"assert open('data/numbers.csv').read() == '1,2\\n'\n{RIGHT['means.py']}")
    for options in ([], ["--debug"], ["--no-fork"]):
        result = lab.run("check", "1.3", *options, here=lab.folder.parent)
        assert result.returncode == 0, (options, result.stdout)


def test_what_passes_here_passes_in_grading(make_lab, make_course, tmp_path, monkeypatch):
    """Public tests end alike, word for word, in `check` and when the zip that `submit` packed is graded."""
    labs = {name: make_lab(name) for name in ("right", "wrong", "notebook", "blocked")}
    labs["right"].solve()
    labs["wrong"].write(**WRONG)
    labs["notebook"].notebook(a=RIGHT["sums.py"], b=RIGHT["means.py"], c="import nowhere", d=RIGHT["scale.py"])
    labs["blocked"].write(means="import nowhere\n", sums="raise ValueError('no')\n")
    here, zips = {}, []
    for name, lab in labs.items():
        here[name] = {
            test["name"]: (test["outcome"], test["message"], test["detail"])
            for line in lab.check().values()
            for test in line["tests"]
        }
        monkeypatch.chdir(lab.folder)
        zips.append(tmp_path / "in" / f"{name}.zip")
        zips[-1].parent.mkdir(exist_ok=True)
        assert lab.call("submit", "--out", str(zips[-1])).exit_code == 0
    course = load_course(tmp_path / "course")
    assignment = load(tmp_path / "course")
    entries = find_submissions([tmp_path / "in"], assignment)
    plan = make_plan(course, assignment, assignment.seed)
    graded = LocalExecutor(2).run(plan, [read_submission(entry, assignment) for entry in entries])
    there = {
        each.submission.student: {
            case.name: (case.outcome.value, case.feedback.message, case.feedback.detail)
            for case in each.cases
            if case.name.startswith("public/")
        }
        for each in graded
    }
    assert there == here
    assert {outcome for outcome, _, _ in here["right"].values()} == {"passed"}
    assert {outcome for outcome, _, _ in here["wrong"].values()} == {"passed", "failed", "error", "timeout"}


def test_without_fork_all_is_the_same(lab):
    """Whether processes may not be forked, or the system has nothing of what Windows lacks: the same lines."""
    lab.write(**WRONG)
    forked = lab.check("1.1", "1.2", "1.3")
    assert forked["1.1"]["tests"][0]["output"].split() == ["adding", "3"]
    assert lab.check("1.1", "1.2", "1.3", "--no-fork") == forked
    assert lab.check("1.1", "1.2", "1.3", code=WITHOUT_FORK) == forked


def test_a_test_file_that_cannot_be_collected_is_named(lab):
    """With exit code 2; the workers that were under way end, and leave no folder behind."""
    (lab.folder / "tests" / "public" / "test_work.py").write_text("import nowhere\n")
    scratch = lab.folder.parent / "scratch"
    scratch.mkdir()
    result = lab.run("check", code=f"import tempfile; tempfile.tempdir = {str(scratch)!r}")
    assert result.returncode == 2
    said = result.stderr.splitlines()[-1]
    assert said.startswith("autograder: tests/public/test_work.py cannot be collected: ")
    assert "No module named 'nowhere'" in said
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("options", [["--watch", "--debug"], ["--json", "--debug"], ["--watch", "--json"]])
def test_ways_to_show_results_exclude_each_other(lab, monkeypatch, options):
    """A debugger's prompt is no line of JSON."""
    monkeypatch.chdir(lab.folder)
    result = lab.call("check", *options)
    assert result.exit_code == 2
    assert "exclude each other" in result.output


def test_a_breakpoint_stops_in_the_students_own_file(lab):
    """Its variables can be printed; `c` goes on, and the verdict comes."""
    lab.write(means="def mean(x):\n    part = x.sum() + 40\n    breakpoint()\n    return (part - 40) / len(x)\n")
    with Terminal("check", "1.3", "--debug", here=lab.folder) as terminal:
        assert f"> {lab.folder}/means.py(4)mean()" in terminal.until("(Pdb) ")
        terminal.type("part\n")
        assert "44.0" in terminal.until("(Pdb) ")
        terminal.type("c\n")
        terminal.until("(Pdb) ")
        terminal.type("c\n")
        terminal.until("all 2 public tests passed")
        assert terminal.end()[0] == 0


def test_leaving_the_debugger_ends_the_check(lab):
    """`q` is not taken for a fault of the student's code, after which the next test would stop there again."""
    lab.write(means="def mean(x):\n    breakpoint()\n    return 1.0\n")
    with Terminal("check", "1.3", "--debug", here=lab.folder) as terminal:
        terminal.until("(Pdb) ")
        terminal.type("q\n")
        code, said = terminal.end()
    assert code == 130
    assert "Traceback" not in said
    assert "1.3" not in said


@pytest.mark.parametrize("place", ["", "def mean(x):\n    "])
def test_ctrl_c_ends_an_endless_loop_under_the_debugger(lab, place):
    """Where no time limit does; at import and in a call."""
    lab.write(means=f"import time\n{place}print('in it', flush=True) or time.sleep(60)\n")
    with Terminal("check", "1.3", "--debug", here=lab.folder) as terminal:
        terminal.until("in it")
        terminal.type("\x03")
        code, said = terminal.end()
    assert code == 130
    assert "Traceback" not in said


def test_saving_a_file_checks_its_questions_again(lab):
    """And no others; a file that is saved in steps counts when it is whole, and Ctrl-C ends it all."""
    with Terminal("check", "1.1", "1.3", "--watch", here=lab.folder) as terminal:
        first = terminal.until("Watching 5 files; Ctrl-C ends.")
        assert "○ 1.1" in first
        assert "○ 1.3" in first
        terminal.until("\n")
        lab.write(scale="A = 1\n")  # no question that is watched: what is on the screen stays
        assert terminal.says_nothing(0.5)
        lab.solve("sums.py")
        again = terminal.until("Watching 5 files; Ctrl-C ends.")
        assert "sums.py changed" in again
        assert "✓ 1.1" in again
        assert "○ 1.3" not in again
        assert "next: 1.3, begin at means.py:6" in again
        with (lab.folder / "means.py").open("w") as file:
            for line in RIGHT["means.py"].splitlines(keepends=True):
                file.write(line)
                file.flush()
        assert "✓ 1.3" in terminal.until("next: 1.4 Scaling, scale.py: autograder check 1.4")
        terminal.until("Ctrl-C ends.")
        terminal.type("\x03")
        code, said = terminal.end()
        assert code == 130
        assert "Traceback" not in said


def test_a_save_while_tests_run_begins_again(lab):
    """What the old tests would have said is of no interest any more."""
    settings = lab.folder / "assignment.yaml"
    settings.write_text(settings.read_text().replace("seconds: 1,", "seconds: 3,"))
    lab.write(scale="def scale(x, factor):\n    print('in it')\n    while True:\n        pass\n")
    with Terminal("check", "1.4", "--watch", here=lab.folder) as terminal:
        terminal.until("1.4: test 1 has run for 1 s")
        lab.solve("scale.py")
        said = terminal.until("Ctrl-C ends.")
    assert "✓ 1.4" in said
    assert "✗ 1.4" not in said
    assert re.search(r"^\d\d:\d\d:\d\d  scale.py changed", said, re.MULTILINE)
    assert "then check again" not in said


def test_progress_that_cannot_be_saved_is_said_once(lab):
    """The check itself goes on."""
    (lab.folder / ".autograder" / "progress.json.new").mkdir()
    said = lab.run("check", "1.1", "1.3").stdout
    assert said.count("note: .autograder cannot be written to, so `list` will not know of this check") == 1


def test_a_file_that_is_gone_is_missing_until_it_is_back(lab):
    """Watching goes on meanwhile."""
    lab.solve()
    with Terminal("check", "1.3", "--watch", here=lab.folder) as terminal:
        terminal.until("Ctrl-C ends.")
        shutil.move(lab.folder / "means.py", lab.folder.parent / "means.py")
        assert "means.py is missing" in terminal.until("Ctrl-C ends.").replace("\n", " ")
        shutil.move(lab.folder.parent / "means.py", lab.folder / "means.py")
        assert "✓ 1.3" in terminal.until("Ctrl-C ends.")


def test_ctrl_c_while_code_hangs_ends_the_check(lab):
    """At once, with the exit code of an interruption and no traceback."""
    lab.write(scale="while True:\n    pass\n")
    settings = lab.folder / "assignment.yaml"
    settings.write_text(settings.read_text().replace("import_seconds: 1.5", "import_seconds: 60"))
    with Terminal("check", "1.3", "1.4", here=lab.folder) as terminal:
        terminal.until("1.3")
        time.sleep(0.2)  # until 1.4 hangs, most likely; the end must be the same if it does not yet
        terminal.type("\x03")
        code, said = terminal.end()
    assert code == 130
    assert "1.4" not in said
    assert "Traceback" not in said


def test_tests_that_change_while_watching_ask_for_a_new_start(lab):
    """They are collected only once; results of old tests would mislead."""
    with Terminal("check", "1.3", "--watch", here=lab.folder) as terminal:
        terminal.until("Ctrl-C ends.")
        (lab.folder / "tests" / "public" / "test_work.py").write_text(PUBLIC + "\n")
        code, said = terminal.end()
    assert code == 2
    assert "autograder: tests/public/test_work.py has changed, and is read only once; start again" in said


def test_a_picture_that_a_test_saves_is_shown(make_lab):
    """The student sees where it lies; grading saves none."""
    public = (
        PUBLIC
        + '''

@question("1.4")
def test_picture(student, pictures):
    """A picture of what comes out."""
    pictures.save("scaled", student.scale(np.ones((2, 3, 3)), 0.5))
'''
    )
    lab = make_lab(public=public)
    lab.solve("scale.py")
    result = lab.run("check", "1.4")
    assert "    look at pictures/scaled.png" in result.stdout
    assert (lab.folder / "pictures" / "scaled.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads(lab.run("check", "1.4", "--json").stdout)["pictures"] == ["pictures/scaled.png"]
    lab.run("submit")
    assert not any("pictures" in name for name in zipfile.ZipFile(next(lab.folder.glob("*.zip"))).namelist())

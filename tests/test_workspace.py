"""A student's folder: made, listed, hinted at, reset, handed in; all of it as typed at the command line."""

import hashlib
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from student_lab import RIGHT, Lab, build, load, write_course

from autograder.archive import find_submissions, read_submission
from autograder.cli import main
from autograder.course import load_released
from autograder.errors import WorkspaceError
from autograder.model import CaseResult, Outcome, Submission, Visibility
from autograder.terminal.check import notes
from autograder.workspace.folder import open_workspace
from autograder.workspace.names import pick_questions
from autograder.workspace.progress import read_progress, record_check
from autograder.workspace.start import start_lab
from autograder.workspace.state import Checked, State


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder, and the current one."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def received(make_course, here):
    """The file that students receive, in the current folder."""
    path = here / "tiny.zip"
    path.write_bytes(build(write_course(make_course)))
    return path


@pytest.fixture
def lab(received, monkeypatch):
    """A started lab; its folder is the current one."""
    folder = start_lab("tiny", received.parent).folder
    monkeypatch.chdir(folder)
    return Lab(folder)


def call(*arguments, keys=""):
    return Lab(Path.cwd()).call(*map(str, arguments), keys=keys)


def tree(folder):
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def checked(lab, question, *outcomes):
    """Remember a check of a question that ended like this."""
    workspace = open_workspace(lab.folder)
    cases = tuple(CaseResult(question, f"t{i}", "T", Visibility.PUBLIC, outcome) for i, outcome in enumerate(outcomes))
    record_check(workspace, Checked(workspace.assignment.question(question), cases))


# ---- start


@pytest.mark.parametrize("source", ["tiny.zip", "tiny", "TIN"])
def test_start_unpacks_a_file_or_a_beginning_of_its_name(received, source):
    """Just what unzipping it gives, and nothing beside it; the next commands are shown."""
    result = call("start", source)
    assert result.exit_code == 0, result.output
    assert "  cd tiny" in result.output
    assert "tiny holds 5 questions, 10 points." in result.output
    with zipfile.ZipFile(received) as archive:
        unzipped = {name.removeprefix("tiny/"): archive.read(name) for name in archive.namelist()}
    assert tree(received.parent / "tiny") == unzipped
    assert sorted(path.name for path in received.parent.iterdir()) == ["tiny", "tiny.zip"]


def test_start_from_an_unzipped_folder_into_one_of_another_name(received):
    """What was received is kept for `reset`, without the data."""
    with zipfile.ZipFile(received) as archive:
        archive.extractall("unzipped")
    assert call("start", "unzipped/tiny", "my lab").exit_code == 0
    assert tree(Path("my lab")) == tree(Path("unzipped/tiny"))
    assert not Path("my lab/.autograder/original/data").exists()
    assert "  cd 'my lab'" in call("start", "unzipped/tiny", "my lab 2").output.replace("lab 2", "lab")


def test_start_again_from_a_folder_that_was_worked_in_gives_the_stubs(received):
    """The work in it is not what was received."""
    call("start", "tiny")
    Lab(Path("tiny")).solve()
    assert call("start", "tiny", "fresh").exit_code == 0
    assert Path("fresh/sums.py").read_bytes() == Path("tiny/.autograder/original/sums.py").read_bytes()
    assert Path("fresh/data/numbers.csv").is_file()


def test_a_folder_unzipped_by_hand_works_as_well(received, monkeypatch):
    """Its originals are in the zip."""
    with zipfile.ZipFile(received) as archive:
        archive.extractall()
    monkeypatch.chdir("tiny")
    Path("sums.py").write_text("spoilt")
    assert call("reset", "sums.py", "--yes").exit_code == 0
    assert Path("sums.py").read_bytes() == Path(".autograder/original/sums.py").read_bytes()
    assert call("list").exit_code == 0


def test_start_never_overwrites(received):
    """The folder that is there is named, and how to go on in it."""
    call("start", "tiny")
    Path("tiny/sums.py").write_text("work of days")
    before = tree(received.parent)
    result = call("start", "tiny.zip")
    assert result.exit_code == 2
    assert "tiny is there already, and your work may be in it; go on there with `cd tiny`" in result.output
    assert tree(received.parent) == before


def test_start_in_the_current_folder(received, here, monkeypatch):
    """If it is empty."""
    empty = here / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    result = call("start", "../tiny.zip", ".")
    assert result.exit_code == 0, result.output
    assert "cd " not in result.output
    assert Path("sums.py").is_file()
    assert ". is there already" in call("start", "../tiny.zip", ".").output


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped(**{"a/work.py": "A = 1\n"}), "is no lab: it holds no assignment.yaml"),
        (zipped(**{"assignment.yaml": "title: T\nquestions: []\n"}), "is a course's own folder"),
        (zipped(**{"assignment.yaml": "id: a\ntitle: T\nquestions: []\n"}), "questions: is empty"),
        (zipped(**{"assignment.yaml": "id: a\ntitel: T\n"}), 'Did you mean "title"?'),
        (zipped(**{"assignment.yaml": "id: ../a\ntitle: T\nquestions: []\n"}), 'id: "../a" is not an id'),
        (zipped(**{"../assignment.yaml": "id: a\n"}), "leads out of its folder"),
        (b"PK\x03\x04 but no zip", "damaged or incomplete; download it again"),
        (b"", "the archive is an empty file; download it again"),
        (
            b"\n<!DOCTYPE html><html>log in</html>",
            "is a web page, perhaps one that asks you to log in; download it again",
        ),
    ],
)
def test_what_is_no_lab_is_refused_and_leaves_nothing(here, content, message):
    """One line, exit code 2, and no folder that would be in the way of the next attempt."""
    (here / "lab.zip").write_bytes(content)
    result = call("start", "lab.zip")
    assert result.exit_code == 2
    assert message in result.output
    assert len(result.output.splitlines()) == 1
    assert [path.name for path in here.iterdir()] == ["lab.zip"]


def test_start_names_what_is_there_if_the_file_is_not(received, here):
    """Or which files the name could mean; a folder that is no lab is called that."""
    assert 'no lab "lab9" in this folder (there are: tiny.zip)' in call("start", "lab9").output
    (here / "tiny (1).zip").write_bytes(received.read_bytes())
    assert "tiny (1).zip, tiny.zip: which of them?" in call("start", "tin").output
    (here / "notes").mkdir()
    assert "notes: is no lab: it holds no assignment.yaml" in call("start", "notes").output
    for path in here.glob("*.zip"):
        path.unlink()
    assert "there is no .zip file here" in call("start", "lab9").output


def test_no_lab_is_made_in_a_lab(lab):
    """Commands would no longer know which is meant."""
    result = call("start", "../tiny.zip")
    assert result.exit_code == 2
    assert "tiny is a lab, and a lab inside a lab confuses all commands; leave it first: cd .." in result.output
    assert not (lab.folder / "tiny").exists()


def test_start_does_not_take_what_was_packed_to_hand_in(received, here):
    """Its name begins alike."""
    (here / "tiny-submission.zip").write_bytes(received.read_bytes())
    assert call("start", "tin").exit_code == 0


def test_commands_that_are_shown_can_be_typed(received):
    """Names with spaces or quotes are quoted for the shell."""
    name = "it's my lab"
    assert f"  cd {shlex.quote(name)}" in call("start", "tiny", name).output
    assert f"`cd {shlex.quote(name)}`" in call("start", "tiny", name).output


# ---- other names of commands


@pytest.mark.parametrize("name", ["test", "run", "watch", "chek"])
def test_other_names_of_check(name):
    """Never `reset`, which undoes work."""
    result = call(name)
    assert result.exit_code == 2
    assert "Did you mean 'autograder check'?" in result.output
    assert "Did you mean 'autograder reset'?" in call("resett").output


def test_help_is_a_word(here):
    """With and without a command."""
    assert call("help").output == call("--help").output
    assert call("help", "check").output == call("check", "--help").output


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_without_the_signs_gets_others(lab, encoding):
    """No UnicodeEncodeError."""
    code = "from autograder.cli import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", code, "list"],
        capture_output=True,
        cwd=lab.folder,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert b"\no  1.1" in run.stdout.replace(b"\r", b"")


@pytest.mark.parametrize("command", [["list"], ["hint", "1.1"], ["reset", "1.1", "--yes"], ["submit"]])
def test_small_commands_import_little(lab, command):
    """They take a fraction of a second."""
    code = f"import sys\nfrom autograder.cli import main\nmain({command}, standalone_mode=False)\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=lab.folder, check=True)
    assert not {"numpy", "pytest", "jinja2", "torch"} & set(run.stdout.splitlines()[-1].split())


# ---- where commands work


def test_commands_work_below_the_lab_and_in_the_folder_above_it(lab, monkeypatch):
    """Of several labs one must be gone into; without any, the way to get one is said."""
    monkeypatch.chdir("tests/public")
    assert "Sums and means" in call("list").output
    monkeypatch.chdir(lab.folder.parent)
    assert "Sums and means" in call("list").output
    assert call("start", "tiny.zip", "other").exit_code == 0
    several = call("list")
    assert several.exit_code == 2
    assert "there are several labs here (other, tiny); go into one of them with cd" in several.output
    (lab.folder.parent / "none").mkdir()
    monkeypatch.chdir("none")
    assert "no lab here. Go into the lab's folder with cd" in call("list").output


def test_a_course_of_the_instructors_is_no_lab_of_a_student(make_course, monkeypatch):
    """Its assignment.yaml has no id, so no student's command touches the sources."""
    monkeypatch.chdir(write_course(make_course) / "tiny")
    assert "no lab here" in call("list").output


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("1.3", "1.3"),
        ("sums.py", "1.1 1.2"),
        ("sums", "1.1 1.2"),
        ("tiny/sums.py", "1.1 1.2"),
        ("./means.py", "1.3"),
        ("stable", "1.3"),
        ("ROW", "1.2"),
        ("row_su", "1.2"),
        ("in place", "1.5"),
        ("double", "1.5"),
        ("Q1.1", "1.1"),
        ("question 1.3", "1.3"),
        ("1,3", "1.3"),
        (" 1.2 ", "1.2"),
        ("1.1,1.3", "1.1 1.3"),
        ("1.3, q1.1", "1.1 1.3"),
        ("all", "1.1 1.2 1.3 1.4 1.5"),
        ("tests/public/test_work.py", "1.1 1.2 1.3 1.4"),
        ("tests/public/test_work.py::test_row_sums", "1.2"),
        ("test_work.py", "1.1 1.2 1.3 1.4"),
    ],
)
def test_short_names_of_questions(lab, name, ids):
    """An id, a file, a part of the title or of a function that the stub defines."""
    workspace = open_workspace(lab.folder)
    assert " ".join(question.id for question in pick_questions(workspace, [name])) == ids


@pytest.mark.parametrize("name", ["able", "ums", "st", "ean", "me"])
def test_a_name_begins_a_word_and_has_three_letters(lab, name):
    """`all` once meant Metrics, whose stub has `recall`."""
    with pytest.raises(WorkspaceError, match=f'no question "{name}"'):
        pick_questions(open_workspace(lab.folder), [name])


@pytest.mark.parametrize(
    ("name", "meant"),
    [("1.33", "1.3"), ("menas.py", "means.py"), ("stabel", "stable"), ("row_smus", "row_sums"), ("doubel", "double")],
)
def test_a_name_that_means_nothing_gets_the_nearest_one(lab, name, meant):
    """With all the ids."""
    result = call("hint", name)
    assert result.exit_code == 2
    assert f'no question "{name}" in tiny. Did you mean "{meant}"? It has 1.1, 1.2, 1.3, 1.4, 1.5' in result.output
    assert 'no question "" in tiny.' in call("hint", "").output


def test_the_shell_completes_ids_of_questions(lab, monkeypatch):
    """With their titles; outside of a lab there is nothing to complete, and no error."""
    command = main.commands["check"]
    complete = ShellComplete(command, {}, "autograder", "_AUTOGRADER_COMPLETE").get_completions
    assert [item.value for item in complete([], "1.")] == ["1.1", "1.2", "1.3", "1.4", "1.5"]
    assert [(item.value, item.help) for item in complete(["1.1"], "1.3")] == [("1.3", "A stable mean")]
    monkeypatch.chdir(lab.folder.parent.parent)
    assert complete([], "1.") == []


# ---- list


def test_the_list_says_how_far_each_question_is(lab):
    """As of its last check; what was changed since is said to be."""
    before = [line.split() for line in call("list").output.splitlines()]
    assert before[2] == ["○", "1.1", "Total", "2", "not", "started"]
    lab.solve("sums.py")
    checked(lab, "1.1", Outcome.PASSED, Outcome.PASSED)
    checked(lab, "1.2", Outcome.PASSED, Outcome.FAILED)
    checked(lab, "1.3", Outcome.NOT_IMPLEMENTED)
    checked(lab, "1.5")
    lab.solve("scale.py")
    rows = [" ".join(line.split()) for line in call("list").output.splitlines()[2:]]
    assert rows == [
        "✓ 1.1 Total 2 2 of 2",
        "✗ 1.2 Row sums 2 1 of 2",
        "○ 1.3 A stable mean 4 not started",
        "○ 1.4 Scaling (bonus) 1 not checked yet",
        "– 1.5 In place 2 no public tests",
    ]
    lab.write(sums=RIGHT["sums.py"] + "\n")
    rows = [" ".join(line.split()) for line in call("list").output.splitlines()[2:]]
    assert rows[:2] == ["? 1.1 Total 2 2 of 2, changed", "? 1.2 Row sums 2 1 of 2, changed"]
    assert rows[2] == "○ 1.3 A stable mean 4 not started"


def test_a_helper_module_may_change_any_question(lab):
    """So all that was checked before it changed is to be checked again."""
    lab.write(helper="A = 1\n")
    checked(lab, "1.1", Outcome.PASSED)
    checked(lab, "1.3", Outcome.PASSED)
    assert call("list").output.count("changed") == 0
    lab.write(helper="A = 2\n")
    assert call("list").output.count("1 of 1, changed") == 2


def test_the_list_fits_80_columns(lab):
    """The longest state beside a long title is cut nowhere."""
    settings = lab.folder / "assignment.yaml"
    settings.write_text(settings.read_text().replace("A stable mean", "Reverse-mode automatic differentiation"))
    lab.solve("means.py")
    checked(lab, "1.3", *[Outcome.PASSED] * 12, Outcome.FAILED)
    lab.write(means="A = 1\n")
    lines = call("list").output.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80
    assert any("differentiation" in line and line.rstrip().endswith("12 of 13, changed") for line in lines)
    assert "…" not in "".join(lines)


def test_damaged_progress_is_none(lab):
    """Nothing depends on it."""
    checked(lab, "1.1", Outcome.PASSED)
    (lab.folder / ".autograder" / "progress.json").write_text("{")
    assert read_progress(open_workspace(lab.folder)) == {}
    assert call("list").exit_code == 0


def test_only_what_matters_to_a_question_changes_it(lab):
    """Another file or notebook cell does not; the words are explained."""
    lab.solve("means.py")
    checked(lab, "1.3", Outcome.PASSED)
    lab.solve("sums.py", "scale.py")
    lab.notebook(a=RIGHT["speed.py"])
    output = call("list").output
    assert "1 of 1, changed" not in output
    lab.notebook(a=RIGHT["speed.py"], b=RIGHT["scale.py"])
    assert "changed" not in call("list").output
    lab.write(means=RIGHT["means.py"] + "\nA = 1\n")
    output = call("list").output
    assert "1 of 1, changed" in output
    assert "? changed since: check again to know" in output


# ---- hint


def test_hints_come_one_at_a_time_and_are_remembered(lab):
    """Those before stay; after the last one, the handout is left. A check in between forgets nothing."""
    assert [line.rstrip() for line in call("hint", "1.1").output.splitlines()] == [
        "1.1 Total", "1. Begin at zero.", "(1 more: ask again)",
    ]  # fmt: skip
    checked(lab, "1.1", Outcome.FAILED)
    for _ in range(2):
        assert [line.rstrip() for line in call("hint", "total").output.splitlines()] == [
            "1.1 Total",
            "1. Begin at zero.",
            "2. Python has a function for it.",
            "(that was the last one; the handout's section has the rest)",
        ]
    assert read_progress(open_workspace(lab.folder))["1.1"].state is State.FAILED


def test_a_hint_without_a_name_is_for_the_first_question_that_is_not_done(lab):
    """One that has no public tests cannot be seen to be done, and is passed over; so are those that pass."""
    assert call("hint").output.startswith("1.1 Total")
    for question in ("1.1", "1.2", "1.3"):
        checked(lab, question, Outcome.PASSED)
    said = call("hint").output
    assert said.startswith("1.4 Scaling")
    assert "There are no hints beyond those of its tests: autograder check 1.4" in said
    checked(lab, "1.4", Outcome.PASSED)
    checked(lab, "1.5")
    assert call("hint").output.startswith("1.5 In place")


# ---- reset


def kept(lab):
    return sorted((lab.folder / ".autograder" / "kept").glob("*"))


def test_reset_of_a_question_leaves_the_others_of_its_file(lab):
    """And what stands above them; the file as it was is kept."""
    mine = "import math\n" + RIGHT["sums.py"].replace("float(sum(values))", "math.fsum(values)")
    lab.write(sums=mine)
    result = call("reset", "1.1", "-y")
    assert result.exit_code == 0, result.output
    now = (lab.folder / "sums.py").read_text()
    assert now == mine.replace("return math.fsum(values)", 'raise NotImplementedError("Question 1.1: Total")')
    assert [path.read_text() for path in kept(lab)] == [mine]
    assert kept(lab)[0].relative_to(lab.folder).as_posix() in result.output


def test_reset_twice_in_a_second_keeps_both(lab):
    """No copy overwrites another."""
    lab.solve("sums.py")
    for question in ("1.1", "1.2"):
        assert call("reset", question, "--yes").exit_code == 0
    assert len(kept(lab)) == 2
    assert RIGHT["sums.py"] in [path.read_text() for path in kept(lab)]
    assert (lab.folder / "sums.py").read_bytes() == (lab.folder / ".autograder/original/sums.py").read_bytes()


def test_reset_asks(lab):
    """And does nothing unless told so."""
    lab.solve("sums.py")
    no = call("reset", "1.2", keys="n\n")
    assert (no.exit_code, kept(lab)) == (1, [])
    assert "Put question 1.2 (Row sums) in sums.py back to the stub?" in no.output
    assert (lab.folder / "sums.py").read_text() == RIGHT["sums.py"]
    assert call("reset", "1.2", keys="y\n").exit_code == 0
    assert len(kept(lab)) == 1


def test_reset_of_a_deleted_file_brings_it_back(lab):
    """There is nothing to keep, and that is said."""
    (lab.folder / "sums.py").unlink()
    result = call("reset", "1.2", "--yes")
    assert "question 1.2 (Row sums) in sums.py is a stub again; there was no such file" in result.output
    assert (lab.folder / "sums.py").read_bytes() == (lab.folder / ".autograder/original/sums.py").read_bytes()
    assert kept(lab) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["1.1"], 'the line "# ---- Question 1.1: Total ----" is not in it, so question 1.1 cannot be told from the rest'),
        (["1.2"], 'the line "# ---- Question 1.2: Row sums ----" stands more than once in it'),
        (["sums"], 'Did you mean autograder reset 1.1 (Total) or autograder reset 1.2 (Row sums)?'),
        (["1.3"], "means.py as you received it is not kept in tiny; make another folder"),
    ],
)  # fmt: skip
def test_reset_refuses_to_guess(lab, arguments, message):
    """Nothing is changed, and the way out is said."""
    twice = "# ---- Question 1.2: Row sums ----\nA = 1\n" * 2
    lab.write(sums=twice)
    (lab.folder / ".autograder" / "original" / "means.py").unlink()
    result = call("reset", *arguments, "--yes")
    assert result.exit_code == 2
    assert message in result.output
    assert (lab.folder / "sums.py").read_text() == twice
    assert kept(lab) == []


@pytest.mark.parametrize("name", ["all", "stab", "row", "means"])
def test_reset_takes_no_part_of_a_name(lab, name):
    """It undoes work, so it only does what was said exactly."""
    lab.solve()
    result = call("reset", name, "--yes")
    assert result.exit_code == 2
    assert f'"{name}" is not exactly a question or a file of this lab' in result.output
    assert (name == "all") == ("Name an id or a file" in result.output)
    assert kept(lab) == []


@pytest.mark.parametrize(
    ("name", "file"), [("q1.3", "means.py"), ("A stable mean", "means.py"), ("double", "speed.py")]
)
def test_reset_takes_an_exact_name(lab, name, file):
    """An id, a title, a function."""
    lab.solve()
    assert call("reset", name, "--yes").exit_code == 0
    assert "NotImplementedError" in (lab.folder / file).read_text()
    assert len(kept(lab)) == 1


@pytest.mark.parametrize(
    "name", ["README.md", "probes.py", "tests/public/test_work.py", "./tiny/sums.py", "tiny.ipynb"]
)
def test_reset_of_any_file_of_the_lab(lab, name):
    """Also those that are not the student's to write."""
    original = lab.folder / ".autograder" / "original"
    (original / "probes.py").write_text("A = 1\n")
    file = name.removeprefix("./tiny/")
    (lab.folder / file).write_text("spoilt")
    result = call("reset", name, "--yes")
    assert result.exit_code == 0, result.output
    assert (lab.folder / file).read_bytes() == (original / file).read_bytes()
    assert [path.read_text() for path in kept(lab)] == ["spoilt"]


def test_tests_that_were_deleted_are_missing_and_come_back(lab):
    """A folder is put back as a whole."""
    shutil.rmtree(lab.folder / "tests")
    [note] = notes(open_workspace(lab.folder), Submission(""))
    assert note == "tests/public/test_work.py is missing; put it back: autograder reset tests/public/test_work.py"
    assert "tests/public is missing; put it back: autograder reset tests" in call("check").output
    assert call("reset", "tests", "--yes").exit_code == 0
    assert notes(open_workspace(lab.folder), Submission("")) == []


def test_reset_says_that_the_notebook_was_not_touched(lab):
    """Where it has work on the question; its cell counts again, as the file is a stub now."""
    lab.solve("means.py")
    lab.notebook(a=RIGHT["means.py"])
    assert "tiny.ipynb was not touched: its code for 1.3 is as it was" in call("reset", "1.3", "-y").output
    assert "not touched" not in call("reset", "1.1", "-y").output


def test_reset_where_nothing_can_be_written_loses_nothing(lab):
    """The copy is made first."""
    lab.solve("sums.py")
    (lab.folder / ".autograder" / "kept").write_text("in the way")
    result = call("reset", "1.1", "--yes")
    assert result.exit_code == 2
    assert "cannot be reset: " in result.output
    assert (lab.folder / "sums.py").read_text() == RIGHT["sums.py"]


# ---- submit


def packed(path="tiny-submission.zip"):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_submission_holds_the_students_files_and_what_they_hash_to(lab):
    """Modules in folders too; no tests, data, probes, caches, environments, other files or the engine's own."""
    lab.solve()
    for name in ("parts/deep/helper.py", "venv/lib/numpy.py", "__pycache__/sums.py", ".hidden/a.py", "tests/mine.py"):
        (lab.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (lab.folder / name).write_text("A = 1\n")
    (lab.folder / "venv" / "pyvenv.cfg").write_text("")
    (lab.folder / "notes.txt").write_text("mine")
    result = call("submit")
    assert result.exit_code == 0, result.output
    files = packed()
    manifest = json.loads(files.pop("tiny/manifest.json"))
    names = ["means.py", "parts/deep/helper.py", "scale.py", "speed.py", "sums.py"]
    assert list(files) == [f"tiny/{name}" for name in names]
    assert manifest["assignment"] == "tiny"
    assert manifest["files"] == {n: hashlib.sha256((lab.folder / n).read_bytes()).hexdigest() for n in names}
    assert ", ".join(names) in result.output


def test_grading_reads_what_was_packed(lab, make_course):
    """The files as they lie in the folder, without a word about where they were found."""
    lab.solve()
    call("submit")
    assignment = load(write_course(make_course))
    [entry] = find_submissions([lab.folder / "tiny-submission.zip"], assignment)
    submission = read_submission(entry, assignment)
    assert not submission.problem
    for name, source in RIGHT.items():
        assert submission.files[name].decode() == source


def test_the_same_work_gives_the_same_bytes(lab):
    """Also with the zip of the first time in the folder, whose files are in no later one."""
    lab.solve()
    call("submit")
    with zipfile.ZipFile("tiny-submission.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    first = Path("tiny-submission.zip").read_bytes()
    for path in lab.folder.glob("*.py"):
        os.utime(path, (1e9, 1e9))
    call("submit")
    assert Path("tiny-submission.zip").read_bytes() == first
    lab.write(sums="A = 1\n")
    call("submit")
    assert Path("tiny-submission.zip").read_bytes() != first


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "def total(values:\n    pass\n",
            "tiny/sums.py:1: '(' was never closed. Grading could not run a single test of this file; "
            "fix it, or take it back to the stub: autograder reset sums.py",
        ),
        ("A = 1\nreturn A\n", "tiny/sums.py:2: 'return' outside function"),
        ("A = '\0'\n", "source code string cannot contain null bytes"),
    ],
)
def test_what_python_cannot_read_is_not_packed(lab, monkeypatch, source, message):
    """The place stands as seen from the current folder, so that editors find it; no zip is left."""
    lab.write(sums=source)
    monkeypatch.chdir(lab.folder.parent)
    result = call("submit")
    assert result.exit_code == 2
    assert message in result.output
    assert not list(lab.folder.glob("**/*.zip"))
    assert not list(lab.folder.glob(".*.zip"))


def test_an_odd_escape_is_no_reason_to_refuse(lab):
    """Python only warns of it."""
    lab.write(sums="PATTERN = '\\d'\n")
    result = call("submit")
    assert result.exit_code == 0, result.output
    assert "Warning" not in result.output


def test_what_grading_would_refuse_is_refused_here(lab):
    """In grading's words."""
    (lab.folder / "sums.py").write_bytes(b"# " + os.urandom(9 << 20).hex().encode())
    result = call("submit")
    assert result.exit_code == 2
    assert "autograder: grading would refuse this: tiny/sums.py is larger than 16 MiB; leave it out" in result.output
    assert not (lab.folder / "tiny-submission.zip").exists()


def test_nothing_to_hand_in(lab):
    """An empty zip would only look like work."""
    for path in lab.folder.glob("*.py"):
        path.unlink()
    assert "there is nothing to hand in; it holds no Python file" in call("submit").output


def test_submit_says_what_is_not_done_or_missing(lab):
    """As far as was checked; nothing of it keeps a student from handing in."""
    lab.solve()
    (lab.folder / "scale.py").unlink()
    checked(lab, "1.1", Outcome.PASSED)
    checked(lab, "1.2", Outcome.FAILED)
    checked(lab, "1.5")
    result = call("submit")
    assert result.exit_code == 0
    rows = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "scale.py is missing: its questions get no points. Get its stub: autograder reset scale.py" in rows
    assert "✗ 1.2 Row sums 0 of 1" in rows
    assert "○ 1.3 A stable mean not checked yet" in rows
    assert not any(row.startswith(("✓", "–")) for row in rows)


def test_the_notebook_goes_along_once_it_was_worked_in(lab):
    """And grading's note says that it counts in place of the stub."""
    call("submit")
    assert not any(name.endswith(".ipynb") for name in packed())
    lab.notebook(a=RIGHT["sums.py"])
    result = call("submit")
    assert "tiny/tiny.ipynb" in packed()
    assert "note: 1.1, 1.2: tiny.ipynb counts; sums.py is still the stub there" in result.output
    assert "missing" not in result.output


def test_the_zip_goes_where_it_should(lab, tmp_path):
    """But never over a file that is no zip, and a folder that is not there is one line."""
    lab.solve()
    assert call("submit", "--out", tmp_path / "mine.zip").exit_code == 0
    assert call("submit", "--out", tmp_path / "mine.zip").exit_code == 0
    assert set(packed(tmp_path / "mine.zip")) == {f"tiny/{name}" for name in (*RIGHT, "manifest.json")}
    over = call("submit", "--out", "sums.py")
    assert over.exit_code == 2
    assert "sums.py: is there, and is no .zip file; name another one with --out" in over.output
    assert (lab.folder / "sums.py").read_text() == RIGHT["sums.py"]
    nowhere = call("submit", "--out", "nowhere/mine.zip")
    assert nowhere.exit_code == 2
    assert "cannot be written: No such file or directory" in nowhere.output


def test_a_file_that_cannot_be_read_is_one_line(lab, monkeypatch):
    """As on Windows, where another program may hold it."""
    real = Path.read_bytes

    def read_bytes(path):
        if path.name == "sums.py" and path.parent == lab.folder:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    result = call("submit")
    assert result.exit_code == 2
    assert "autograder: sums.py: cannot be read: Permission denied" in result.output


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="folders are made read-only by their mode")
def test_a_folder_that_cannot_be_written_to_can_be_checked_all_the_same(lab):
    """What was checked is then forgotten; `progress.json` would need a place."""
    state = lab.folder / ".autograder"
    (state / "progress.json.new").mkdir()  # root may write anywhere, but not over a folder
    checked(lab, "1.1", Outcome.PASSED)
    assert read_progress(open_workspace(lab.folder)) == {}


def test_what_students_receive_says_nothing_of_the_courses_secrets(lab, make_course):
    """No seed and no rules of feedback; all else of the assignment is as in the course."""
    released, original = load_released(lab.folder), load(write_course(make_course))
    assert released.id == "tiny"
    assert released.seed == 0
    assert original.seed == 5
    assert released.questions == original.questions
    assert released.template == lab.folder / ".autograder" / "original"

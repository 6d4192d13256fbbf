"""Course files: what is read, and the one line for everything that can be wrong in them."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.course import (
    ORIGINAL,
    find_course,
    is_released,
    load_assignment,
    load_course,
    load_released,
    reference_files,
    suite_digest,
)
from autograder.errors import CourseError
from autograder.model import FeedbackLevel, FeedbackPolicy

MINI = Path(__file__).parent / "courses" / "mini"
WHERE = "assignments/lab1_mini/assignment.yaml: "
GOOD = """\
title: A lab
questions:
  - {id: "1.1", title: One, file: one.py, points: 4}
  - {id: "1.2", title: Two, file: two.py, points: 6}
"""


@pytest.fixture
def mini(tmp_path):
    return Path(shutil.copytree(MINI, tmp_path / "mini", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def load(tmp_path):
    """Loads an assignment.yaml with this text."""
    folder = tmp_path / "assignments" / "lab1_mini"
    folder.mkdir(parents=True)
    (folder.parent / "course.yaml").write_text("title: C\nassignments: [lab1_mini]\n")

    def load(text):
        (folder / "assignment.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_assignment(load_course(tmp_path), "lab1_mini")

    return load


def problem(load, text):
    """The message of the error, which must be one line."""
    with pytest.raises(CourseError) as caught:
        load(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_everything_is_read():
    """All keys arrive in the model, with the question's limits over the assignment's over the defaults."""
    assignment = load_assignment(load_course(MINI), "lab1_mini")
    assert assignment.title == "Lab 1: sums and means"
    assert assignment.due is not None
    assert assignment.due.astimezone(UTC) == datetime(2026, 10, 1, 21, 59, tzinfo=UTC)
    assert assignment.feedback == FeedbackPolicy(FeedbackLevel.HINT, FeedbackLevel.FULL)
    assert (assignment.seed, assignment.preload, assignment.forbidden_imports) == (7, ("numpy",), ("torch",))
    sums, means = assignment.questions
    assert (sums.id, sums.title, sums.file, sums.points, sums.bonus) == ("1.1", "Row sums", "sums.py", 4, False)
    assert (sums.limits.seconds, sums.limits.memory_bytes, sums.limits.file_bytes) == (5, 1 << 30, 16 << 20)
    assert (means.limits.seconds, means.limits.memory_bytes, means.limits.file_bytes) == (2.5, 1 << 30, 512 << 10)


def test_lateness_and_attempts_are_read(load):
    """The late policy, which attempt counts, and questions that a person grades."""
    text = GOOD.replace("points: 6}", "points: 6, manual: true}")
    assignment = load(text + "due: 2026-10-01 23:59 Europe/Berlin\nattempts: best\nlate: {take: 10%, grace: 5 min}\n")
    assert assignment.due.astimezone(UTC) == datetime(2026, 10, 1, 21, 59, tzinfo=UTC)
    assert (assignment.attempts, assignment.late.take, assignment.late.grace_s) == ("best", 0.1, 300)
    assert [question.manual for question in assignment.questions] == [False, True]
    assert problem(load, GOOD + "late: {take: 10%}\n") == f"{WHERE}late: there is no due time to be late for; give due"
    assert problem(load, GOOD + "attempts: all\n") == f'{WHERE}attempts: "all" is none of latest, best, first'


def test_defaults(load):
    """Only title and questions are needed."""
    assignment = load(GOOD)
    assert assignment.due is None
    assert assignment.feedback == FeedbackPolicy()
    assert assignment.questions[0].limits.processes == 32


def test_folders_are_relative_to_course_yaml(tmp_path):
    """`solutions` and `template` are looked for from the folder of course.yaml, and hold a folder per assignment."""
    (tmp_path / "course.yaml").write_text("title: C\nassignments: [a]\nsolutions: s\ntemplate: ../t\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "assignment.yaml").write_text(GOOD)
    assignment = load_assignment(load_course(tmp_path), "a")
    assert assignment.solutions == tmp_path / "s" / "a"
    assert assignment.template == tmp_path.parent / "t" / "a"


@pytest.mark.parametrize("start", [".", "assignments", "assignments/lab1_mini/tests", "solutions/lab1_mini"])
def test_course_is_found_upwards(mini, start):
    """From any folder of the course, its course.yaml is found."""
    assert find_course(mini / start) == mini / "assignments"


def test_no_course(tmp_path):
    """Outside of a course, the message says what was looked for."""
    with pytest.raises(CourseError, match=r"no course\.yaml here or in assignments/, nor in any folder above"):
        find_course(tmp_path)


@pytest.mark.parametrize("name", ["lab1", "lab1_", "lab1_nn", "lab1_nn_basics"])
def test_short_names(name, tmp_path):
    """A beginning is enough; `lab1` is not `lab10_extras`, but whole words win only if one does."""
    course = _course(tmp_path, "lab1_nn_basics, lab10_extras, lab2_cnn")
    assert load_assignment(course, name).id == "lab1_nn_basics"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lab", '"lab" is the beginning of lab1_nn_basics, lab10_extras, lab2_cnn; type more of the name'),
        (
            "lba2_cnn",
            'no assignment "lba2_cnn" in this course. Did you mean "lab2_cnn"? '
            "It has: lab1_nn_basics, lab10_extras, lab2_cnn",
        ),
        ("", 'no assignment "" in this course. It has: lab1_nn_basics, lab10_extras, lab2_cnn'),
    ],
)
def test_unclear_names(name, message, tmp_path):
    """A name that is not unique or not there is answered with the candidates."""
    with pytest.raises(CourseError) as caught:
        load_assignment(_course(tmp_path, "lab1_nn_basics, lab10_extras, lab2_cnn"), name)
    assert str(caught.value) == message


def _course(folder, assignments):
    (folder / "course.yaml").write_text(f"title: C\nassignments: [{assignments}]\n")
    for name in assignments.split(", "):
        (folder / name).mkdir()
        (folder / name / "assignment.yaml").write_text(GOOD)
    return load_course(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("points: 6", "point: 6"), 'questions[1].point: unknown key. Did you mean "points"?'),
        (GOOD + "sed: 3\n", 'sed: unknown key. Did you mean "seed"?'),
        (GOOD + "zzz: 3\n", "zzz: unknown key."),
        (GOOD + "limits: {memroy: 3}\n", 'limits.memroy: unknown key. Did you mean "memory"?'),
        (
            GOOD.replace("points: 6", "points: 6, limits: {second: 1}"),
            'questions[1].limits.second: unknown key. Did you mean "seconds"?',
        ),
        (GOOD + "feedback: {after: full}\n", 'feedback.after: unknown key. Did you mean "after_due"?'),
        (GOOD.replace(", points: 6", ""), "questions[1].points: is missing"),
        ("title: T\n", "questions: is missing"),
        ("", "expected keys with values, got nothing"),
        ("- 1\n", "expected keys with values, got a list"),
        ("title: T\nquestions: []\n", "questions: is empty; an assignment needs at least one question"),
        ("title: T\nquestions: {a: 1}\n", "questions: expected a list, got keys with values"),
        (GOOD.replace("title: A lab", "title: ' '"), "title: is empty"),
        (GOOD.replace("title: One", "title: ''"), "questions[0].title: is empty"),
        (GOOD.replace("title: A lab", "title: [A]"), "title: expected text, got a list; put it in quotes"),
        (GOOD.replace("points: 4", "points: many"), "questions[0].points: expected a number, got text"),
        (GOOD.replace("points: 4", "points: yes"), "questions[0].points: expected a number, got true or false"),
        (GOOD.replace("points: 4", "points: -1"), "questions[0].points: -1 is not a number of points, 0 or more"),
        (GOOD.replace("points: 4", "points: .nan"), "questions[0].points: nan is not a number of points, 0 or more"),
        (
            GOOD.replace('"1.1"', "1.10"),
            'questions[0].id: 1.1 is a number here (1.10 and 1.1 are the same); put it in quotes: "1.1"',
        ),
        (GOOD.replace('"1.2"', '"1.1"'), 'questions[1].id: "1.1" is the id of an earlier question, too'),
        (
            GOOD.replace('"1.2"', '"a b"'),
            'questions[1].id: "a b" is not an id; use letters, digits, ".", "-" and "_"',
        ),
        (GOOD.replace("one.py", "one.txt"), 'questions[0].file: "one.txt" does not end in .py'),
        (
            GOOD.replace("one.py", "../one.py"),
            'questions[0].file: "../one.py" must be a plain path inside the submission, like "losses.py"',
        ),
        (
            GOOD.replace("one.py", "./one.py"),
            'questions[0].file: "./one.py" must be a plain path inside the submission, like "losses.py"',
        ),
        (
            GOOD.replace("one.py", "class.py"),
            'questions[0].file: "class.py" cannot be imported; name it with letters, digits and underscores',
        ),
        (
            GOOD.replace("one.py", "/one.py"),
            'questions[0].file: "/one.py" must be a plain path inside the submission, like "losses.py"',
        ),
        (
            GOOD.replace("one.py", "my-one.py"),
            'questions[0].file: "my-one.py" cannot be imported; name it with letters, digits and underscores',
        ),
        (GOOD + "seed: -1\n", "seed: -1 is negative; seeds of random generators start at 0"),
        (GOOD + "seed: 1.5\n", "seed: expected a whole number, got a number"),
        (
            GOOD + "due: tomorrow\n",
            'due: "tomorrow" is not a time; write it like 2026-10-01T23:59:00+02:00 or 2026-10-01 23:59 Europe/Berlin',
        ),
        (
            GOOD + "due: 2026-10-01T23:59:00\n",
            'due: "2026-10-01T23:59:00" has no time zone; write it like 2026-10-01T23:59:00+02:00 or 2026-10-01 23:59 Europe/Berlin',
        ),
        (
            GOOD + "due: 2026-10-01\n",
            'due: "2026-10-01" has no time zone; write it like 2026-10-01T23:59:00+02:00 or 2026-10-01 23:59 Europe/Berlin',
        ),
        (GOOD + "feedback: {before_due: all}\n", 'feedback.before_due: "all" is none of name, hint, full'),
        (
            GOOD + "limits: {memory: 1 GB}\n",
            'limits.memory: "1 GB" is not a size; write "512 KiB", "16 MiB", "1 GiB" or a number of bytes',
        ),
        (GOOD + "limits: {memory: [1]}\n", "limits.memory: expected a whole number or text, got a list"),
        (GOOD + "limits: {seconds: 0}\n", "limits.seconds: 0.0 is not above 0"),
        (GOOD + "limits: {file: 0 MiB}\n", "limits.file: 0 MiB is not above 0"),
        (GOOD + "preload: numpy\n", "preload: expected a list, got text"),
        (GOOD + "seed: 1\nseed: 2\n", 'line 6: the key "seed" is there twice'),
        ("title: T\nquestions: [\n", "line 3: expected the node content, but found '<stream end>'"),
        ("title: T\n\tseed: 1\n", "line 2: found character '\\t' that cannot start any token"),
        (b"title: \xff\n", "is not a text file in UTF-8"),
    ],
)
def test_mistakes(load, text, message):
    """Each mistake is one line: the file, the key, what is wrong, what to do."""
    assert problem(load, text) == WHERE + message


def test_no_assignment_file(tmp_path):
    """An assignment without its file is named."""
    (tmp_path / "course.yaml").write_text("title: C\nassignments: [a]\n")
    with pytest.raises(CourseError, match=r"/a/assignment\.yaml: there is no such file in "):
        load_assignment(load_course(tmp_path), "a")


def test_assignment_file_that_cannot_be_read(tmp_path):
    """What the system says about it is passed on."""
    (tmp_path / "course.yaml").write_text("title: C\nassignments: [a]\n")
    (tmp_path / "a" / "assignment.yaml").mkdir(parents=True)
    with pytest.raises(CourseError, match=r"/a/assignment\.yaml: cannot be read: Is a directory"):
        load_assignment(load_course(tmp_path), "a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: C\nassignments: [a, a]\n", 'assignments[1]: "a" is there twice'),
        (
            "title: C\nassignments: [../a]\n",
            'assignments[0]: "../a" is not an id; use letters, digits, ".", "-" and "_"',
        ),
        ("title: C\nassignment: [a]\n", 'assignment: unknown key. Did you mean "assignments"?'),
        ("title: C\nassignments: [1]\n", "1 is a number here"),
        ("title: ''\nassignments: [a]\n", "title: is empty"),
    ],
)
def test_mistakes_in_the_course(tmp_path, text, message):
    """course.yaml is as strict."""
    (tmp_path / "course.yaml").write_text(text)
    with pytest.raises(CourseError) as caught:
        load_course(tmp_path)
    assert f"{tmp_path.name}/course.yaml: " in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("size", "size_bytes"), [("512 KiB", 512 << 10), ("1.5GiB", 3 << 29), ("7 B", 7), ("1000", 1000)]
)
def test_sizes(load, size, size_bytes):
    """Sizes are read with binary units, or as bytes."""
    assert load(GOOD + f"limits: {{output: {size}}}\n").questions[0].limits.output_bytes == size_bytes


@pytest.mark.parametrize(
    "name", ["assignment.yaml", "probes.py", "tests/hidden/test_means.py", "tests/hidden/new.py", "data/numbers.csv"]
)
def test_digest_changes_with_what_is_trusted(mini, name):
    """Every file that can change a grade changes the digest."""
    assignment = load_assignment(load_course(mini), "lab1")
    before = suite_digest(assignment)
    with (assignment.folder / name).open("a") as stream:
        stream.write("\n")
    assert suite_digest(assignment) != before


@pytest.mark.parametrize("name", ["means.py", "helpers.py", "new.py", "deep/more.py"])
def test_digest_changes_with_the_reference(mini, name):
    """What the reference passes decides which cases judge, so its files count, those that it imports too."""
    assignment = load_assignment(load_course(mini), "lab1")
    before = suite_digest(assignment)
    (assignment.solutions / name).parent.mkdir(exist_ok=True)
    with (assignment.solutions / name).open("a") as stream:
        stream.write("\n")
    assert suite_digest(assignment) != before


@pytest.mark.parametrize("name", ["notes.md", "__pycache__/means.py", ".backup/means.py"])
def test_digest_does_not_change_with_what_lies_beside_the_reference(mini, name):
    """Only Python files that can be imported are the reference."""
    assignment = load_assignment(load_course(mini), "lab1")
    before = suite_digest(assignment)
    (assignment.solutions / name).parent.mkdir(exist_ok=True)
    (assignment.solutions / name).write_text("changed")
    assert suite_digest(assignment) == before


def test_reference_files(mini):
    """Python files at any depth, by their path below the folder; without a folder there are none."""
    assignment = load_assignment(load_course(mini), "lab1")
    (assignment.solutions / "deep" / "er").mkdir(parents=True)
    (assignment.solutions / "deep" / "er" / "more.py").write_bytes(b"A = 1\n")
    files = reference_files(assignment)
    assert list(files) == ["deep/er/more.py", "helpers.py", "means.py", "sums.py"]
    assert files["deep/er/more.py"] == b"A = 1\n"
    shutil.rmtree(assignment.solutions)
    assert reference_files(assignment) == {}


@pytest.mark.parametrize("name", ["README.md", "tests/__pycache__/a.pyc", "data/.DS_Store", "mutants/a.py"])
def test_digest_does_not_change_with_the_rest(mini, name):
    """Handouts, caches and hidden files cannot change a grade."""
    assignment = load_assignment(load_course(mini), "lab1")
    before = suite_digest(assignment)
    (assignment.folder / name).parent.mkdir(exist_ok=True)
    (assignment.folder / name).write_text("changed")
    assert suite_digest(assignment) == before


def test_digest_sees_contents(mini):
    """A change that leaves the size as it was changes the digest."""
    assignment = load_assignment(load_course(mini), "lab1")
    before = suite_digest(assignment)
    (assignment.folder / "data" / "numbers.csv").write_text("1,2\n3,5\n")
    assert suite_digest(assignment) != before


def test_digest_tells_names_from_contents(mini):
    """Moving a file changes the digest, though all contents stay."""
    assignment = load_assignment(load_course(mini), "lab1")
    before = suite_digest(assignment)
    (assignment.folder / "data" / "numbers.csv").rename(assignment.folder / "data" / "values.csv")
    assert suite_digest(assignment) != before


RELEASED = "id: lab1\n" + GOOD


@pytest.fixture
def released(tmp_path):
    """A folder as students have it, whatever its name."""
    folder = tmp_path / "my lab"
    folder.mkdir()
    (folder / "assignment.yaml").write_text(RELEASED)
    return folder


def test_what_students_received_names_itself(released):
    """The folder may have any name; stubs and reference are the files as they were received."""
    assert is_released(released)
    assignment = load_released(released)
    assert (assignment.id, assignment.title, assignment.folder) == ("lab1", "A lab", released)
    assert assignment.template == assignment.solutions == released / ORIGINAL
    assert assignment.files == ("one.py", "two.py")
    assert assignment.seed == 0


def test_a_courses_own_folder_is_not_what_students_received(mini, tmp_path):
    """It has no id; nor has a folder without the file."""
    assert not is_released(mini / "assignments" / "lab1_mini")
    assert not is_released(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD, 'my lab/assignment.yaml: id: "" is not an id; use letters, digits, ".", "-" and "_"'),
        (RELEASED.replace("id: lab1", "id: ../lab1"), 'my lab/assignment.yaml: id: "../lab1" is not an id'),
        (RELEASED.replace("points", "point"), 'my lab/assignment.yaml: questions[0].point: unknown key. Did you mean "points"?'),
    ],
)  # fmt: skip
def test_mistakes_in_what_students_received(released, text, message):
    """Named as in a course's file."""
    (released / "assignment.yaml").write_text(text)
    with pytest.raises(CourseError) as caught:
        load_released(released)
    assert str(caught.value).startswith(message)


def test_an_id_in_a_courses_own_file_is_refused(load):
    """The folder's name is the id; two names for one thing would drift apart."""
    assert problem(load, RELEASED) == WHERE + "id: the folder's name is the id; remove this line"


def test_hints_of_a_question(load):
    """In the order in which students get them; a text alone is not a list."""
    assignment = load(GOOD.replace("points: 4", "points: 4, hints: [First., Then.]"))
    assert [question.hints for question in assignment.questions] == [("First.", "Then."), ()]
    assert "questions[0].hints" in problem(load, GOOD.replace("points: 4", "points: 4, hints: First."))

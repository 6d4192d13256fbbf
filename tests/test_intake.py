"""Platforms' downloads: whose each file is, when it was handed in, which attempt counts, and nobody is lost."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import platforms
import pytest

from autograder.archive import read_submission
from autograder.errors import AutograderError, SubmissionError
from autograder.intake import read_roster, take_in
from autograder.intake.platforms import blackboard, canvas, moodle, recognise, without_number, without_prefix
from autograder.intake.take import OWN_TIME
from autograder.model import Assignment, Limits, Question
from autograder.policies import moment
from autograder.rules import AttemptPolicy
from autograder.terminal.batch import intake_lines

QUESTIONS = tuple(Question(f"1.{n}", "T", 1.0, file, Limits()) for n, file in enumerate(("sums.py", "means.py"), 1))
DUE = moment("2026-10-01 23:59 Europe/Berlin", "due")


def lab(attempts=AttemptPolicy.LATEST, due=DUE):
    return Assignment("lab1_mini", "Lab 1", Path("a"), Path("s"), Path("t"), QUESTIONS, due=due, attempts=attempts)


WORKS = [
    {"sums.py": b"a = 1\n", "means.py": b"b = 1\n"},
    {"lab1.zip": platforms.packed({"lab1/sums.py": b"a = 2\n", "lab1/means.py": b"b = 2\n"})},
    {
        "work.ipynb": b'{"cells": [{"cell_type": "code", "source": "c = 1"}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}'
    },
]


@pytest.fixture
def students():
    """Two for each pair of names, so that some have the same."""
    return platforms.a_class(150, WORKS)


def work_of(entry):
    submission = read_submission(entry, lab())
    assert not submission.problem, submission.problem
    return submission


def assert_everybody(intake, students, same=lambda student: student.name):
    """Each student's own work comes under the student's name in the roster."""
    assert len(intake.entries) == len(students)
    found = {entry.student: entry for entry in intake.entries}
    assert len(found) == len(students)
    names = [student.name for student in students]
    for student in students:
        alone = names.count(student.name) == 1
        entry = found[
            same(student)
            if alone
            else next(n for n in found if n.startswith(same(student)) and _ids(found[n], student))
        ]
        submission = work_of(entry)
        plain = {"sums.py", "means.py"} & set(student.files)
        assert {name: submission.files[name] for name in plain} == {name: student.files[name] for name in plain}
    assert (intake.unmatched, intake.ambiguous, intake.absent) == ([], [], [])


def _ids(entry, student):
    values = {value for _, value in entry.identities}
    return bool(values & {student.canvas, student.moodle, student.login, student.sis, student.email})


# ---- each platform, with its own grade file as the roster


def test_canvas(tmp_path, students):
    """The zip and the gradebook's CSV are enough; late hand-ins say so."""
    bulk = platforms.canvas_zip(tmp_path / "submissions.zip", students)
    roster = read_roster(platforms.canvas_gradebook(tmp_path / "grades.csv", students), DUE.tzinfo)
    intake = take_in([bulk], lab(), roster=roster)
    assert_everybody(intake, students, same=lambda student: student.sortable)
    assert intake.sources == {"canvas": 150}
    late = [entry for entry in intake.entries if entry.notes]
    assert len(late) == sum(student.late for student in students)
    assert "Canvas says that this was handed in late" in work_of(late[0]).notes[0]


@pytest.mark.parametrize("folders", [True, False])
def test_moodle(tmp_path, students, folders):
    """With folders or without; the worksheet tells when each was handed in."""
    bulk = platforms.moodle_zip(tmp_path / "bulk.zip", students, folders=folders)
    roster = read_roster(platforms.moodle_worksheet(tmp_path / "grades.csv", students), DUE.tzinfo)
    intake = take_in([bulk], lab(), roster=roster)
    assert_everybody(intake, students)
    times = {entry.submitted_at.astimezone(UTC) for entry in intake.entries}
    assert times == {datetime(2026, 10, day, 20, 59, tzinfo=UTC) for day in (1, 2)}


def test_blackboard(tmp_path, students):
    """The last of several attempts counts, and the others are told of."""
    bulk = platforms.blackboard_zip(tmp_path / "bulk.zip", students, attempts=2)
    roster = read_roster(platforms.blackboard_gradebook(tmp_path / "grades.csv", students), DUE.tzinfo)
    intake = take_in([bulk], lab(), roster=roster)
    assert_everybody(intake, students)
    assert (len(intake.left_out), intake.sources) == (150, {"blackboard": 300})
    assert intake.entries[0].submitted_at.utcoffset().total_seconds() == 7200


def test_gradescope(tmp_path, students):
    """Groups get one grade; ids keep their zeros; what a Mac adds is nobody's."""
    groups = [("u00001", "u00002"), ("u00010", "u00020", "u00030")]
    bulk = platforms.gradescope_zip(tmp_path / "export.zip", students, groups=groups)
    roster = read_roster(platforms.own_roster(tmp_path / "roster.csv", students), None)
    intake = take_in([bulk], lab(), roster=roster)
    assert (len(intake.entries), intake.absent, intake.unmatched) == (147, [], [])
    people = [(entry.student, *(person.student for person in entry.group)) for entry in intake.entries]
    assert sorted(map(len, people))[-3:] == [1, 2, 3]
    assert len({name for group in people for name in group}) == 150
    first = next(entry for entry in intake.entries if len(entry.group) == 1)
    assert ("gradescope", "0001") in first.identities
    assert first.submitted_at.astimezone(UTC).replace(microsecond=0) in [
        datetime(2026, 10, day, 20, 59, 30, tzinfo=UTC) for day in (1, 2)
    ]


@pytest.mark.parametrize("make", [platforms.folders, platforms.repositories])
def test_folders_and_repositories(tmp_path, students, make):
    """By login: clones less what all of them have in front."""
    roster = read_roster(platforms.own_roster(tmp_path / "roster.csv", students), None)
    folder = make(tmp_path / "in", [student for student in students if "sums.py" in student.files])
    intake = take_in([folder], lab(), roster=roster)
    assert (len(intake.entries), intake.unmatched) == (50, [])
    assert len(intake.absent) == 100
    assert intake.entries[0].student in {student.name for student in students} | {
        f"{student.name} ({student.email})" for student in students
    }


def test_the_unpacked_download_is_the_same(tmp_path, students):
    """Whoever unpacks a zip first gets the same entries."""
    bulk = platforms.canvas_zip(tmp_path / "submissions.zip", students)
    with zipfile.ZipFile(bulk) as archive:
        archive.extractall(tmp_path / "unpacked")
    packed, unpacked = (take_in([path], lab()) for path in (bulk, tmp_path / "unpacked"))
    assert [entry.student for entry in packed.entries] == [entry.student for entry in unpacked.entries]
    assert [work_of(entry).digest for entry in packed.entries] == [work_of(entry).digest for entry in unpacked.entries]


def test_without_a_roster_everybody_has_a_name(tmp_path, students):
    """The platform's; two of the same are told apart by the platform's number."""
    bulk = platforms.moodle_zip(tmp_path / "bulk.zip", students)
    intake = take_in([bulk], lab())
    names = [entry.student for entry in intake.entries]
    assert len(set(names)) == 150
    assert any(name.endswith(")") for name in names)


def test_a_zip_of_folders_is_a_class(tmp_path):
    """Of three students or more; a student's own zip with two folders stays one submission."""
    files = {f"{name}/{file}": b"x = 1\n" for name in ("ann", "bob", "cem") for file in ("sums.py", "means.py")}
    (tmp_path / "class.zip").write_bytes(platforms.packed(files))
    assert [entry.student for entry in take_in([tmp_path / "class.zip"], lab()).entries] == ["ann", "bob", "cem"]
    own = {f"{name}/sums.py": b"x = 1\n" for name in ("lab1", "lab1_old", "lab1_older", "backup")}
    (tmp_path / "dee.zip").write_bytes(platforms.packed(own))
    assert [entry.student for entry in take_in([tmp_path / "dee.zip"], lab()).entries] == ["dee"]
    both = take_in([tmp_path / "class.zip", tmp_path / "dee.zip"], lab()).entries
    assert [entry.student for entry in both] == ["class", "dee"]


# ---- names


@pytest.mark.parametrize(
    ("name", "student", "uid", "file", "late"),
    [
        ("doejane_1234_56789_losses.py", "doejane", "1234", "losses.py", False),
        ("doejane_LATE_1234_56789_my_1_2_file.py", "doejane", "1234", "my_1_2_file.py", True),
        ("小龙李_1_2_a.py", "小龙李", "1", "a.py", False),
        ("anon_ab12C_99_a.py", "anon_ab12C", "ab12C", "a.py", False),
        ("LATE_anon_ab12C_99_a.py", "anon_ab12C", "ab12C", "a.py", True),
        ("li_2_1234_5_a.py", "li", "2", "5_a.py", False),  # a digit in a name cannot be told from a number
    ],
)
def test_canvas_names(name, student, uid, file, late):
    """`<name>[_LATE]_<user>_<attachment>_<file>`."""
    told = canvas(name)
    assert (told.student, told.identities, told.file, told.late) == (student, (("canvas", uid),), file, late)


@pytest.mark.parametrize("name", ["losses.py", "doe_jane_losses.py", "1234_5678_losses.py", "a/b_1_2_c.py"])
def test_no_canvas_names(name):
    """What lacks a name or a number, or lies deeper."""
    assert canvas(name) is None


def test_moodle_and_blackboard_names():
    """Underscores in names and titles do not disturb; online text is no file of the student's."""
    told = moodle("Mei_Lin O_Neil_77_assignsubmission_file/sub/a_b.py")
    assert (told.student, told.identities, told.file) == ("Mei_Lin O_Neil", (("moodle", "77"),), "sub/a_b.py")
    assert moodle("Jane Doe_77_assignsubmission_onlinetext/onlinetext.html").file == ""
    told = blackboard("Lab_1_x_jdoe_attempt_2026-10-01-23-59-30_a_b.py")
    assert (told.student, told.file, told.moment) == ("jdoe", "a_b.py", datetime(2026, 10, 1, 23, 59, 30))
    assert blackboard("Lab_1_jdoe_attempt_2026-10-01-23-59-30.txt").file == ""
    assert blackboard("Lab_1_jdoe_attempt_2026-10-01-23-59-30_notes.txt").file == "notes.txt"
    assert blackboard("Lab_1_jdoe_attempt_2026-13-01-23-59-30_a.py") is None


def test_what_is_no_download_is_not_taken_for_one():
    """One file that fits no platform is enough."""
    assert recognise(["doejane_1_2_a.py", "README.md"]) is None
    assert recognise(["sums.py"]) is None
    assert recognise([]) is None


def test_numbers_of_files_handed_in_again():
    """Only where the plain name is one of the lab's."""
    known = ["losses.py", "lab1.zip"]
    assert without_number("losses-1.py", known) == "losses.py"
    assert without_number("lab1-12.zip", known) == "lab1.zip"
    assert without_number("other-1.py", known) == "other-1.py"
    assert without_number("losses.py", known) == "losses.py"


def test_resubmitted_files_get_their_names_back(tmp_path, students):
    """Canvas numbers them."""
    some = [student for student in students if "sums.py" in student.files][:3]
    bulk = platforms.canvas_zip(tmp_path / "s.zip", some, resubmitted={some[0].login})
    for entry in take_in([bulk], lab()).entries:
        assert {"sums.py", "means.py"} <= set(work_of(entry).files)


def test_prefixes_of_repositories():
    """Clones share any beginning, folders only the lab's name."""
    names = ["hw-3-jane-doe", "hw-3-jan"]
    assert without_prefix(names, slugs=("lab1",), is_repository=True) == {
        "hw-3-jane-doe": "jane-doe",
        "hw-3-jan": "jan",
    }
    assert without_prefix(names, slugs=("lab1",), is_repository=False) == {}
    assert without_prefix(["lab1-a", "lab1-b"], slugs=("lab1",), is_repository=False) == {"lab1-a": "a", "lab1-b": "b"}
    assert without_prefix(["lab1-a"], slugs=("lab1",), is_repository=True) == {}


# ---- who is who


def roster_of(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    return read_roster(path, DUE.tzinfo)


def hand_in(folder, *names):
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "sums.py").write_text("x = 1\n")
    return folder


def test_unmatched_ambiguous_and_absent_students_are_listed(tmp_path):
    """All are graded under some name, and a person hears of each."""
    roster = roster_of(tmp_path, "name,email\nJane Doe,jane@x.org\nJohn Roe,r@x.org\nRoe John,s@x.org\nCem,c@x.org\n")
    intake = take_in([hand_in(tmp_path / "in", "doe jane", "johnroe", "stranger")], lab(), roster=roster)
    assert [entry.student for entry in intake.entries] == ["Jane Doe", "johnroe", "stranger"]
    assert (intake.unmatched, intake.ambiguous) == (["stranger"], ["johnroe"])
    assert intake.absent == ["John Roe", "Roe John", "Cem"]
    assert intake_lines(intake) == [
        "1 not in the roster, graded under the platform's name: stranger",
        "1 mean several in the roster, graded under the platform's name: johnroe",
        "3 in the roster, but handed in nothing: John Roe, Roe John, Cem",
    ]


def test_two_hand_ins_of_one_student_without_times_are_both_kept(tmp_path):
    """Nothing tells which is the later one, so nobody decides it silently."""
    roster = roster_of(tmp_path, "name,email\nJane Doe,jane@x.org\n")
    intake = take_in([hand_in(tmp_path / "in", "Jane Doe", "jane@x.org")], lab(), roster=roster)
    assert [entry.student for entry in intake.entries] == ["Jane Doe", "Jane Doe"]
    assert intake.unordered == ["Jane Doe"]


@pytest.mark.parametrize(
    ("policy", "days"), [(AttemptPolicy.LATEST, [3]), (AttemptPolicy.FIRST, [1]), (AttemptPolicy.BEST, [1, 2, 3])]
)
def test_attempts_by_policy(tmp_path, policy, days):
    """The latest, the first, or all where the best counts."""
    files = {f"Lab_jdoe_attempt_2026-10-0{day}-10-00-00_sums.py": b"x" for day in (2, 3, 1)}
    (tmp_path / "b.zip").write_bytes(platforms.packed(files))
    assert [entry.submitted_at.day for entry in take_in([tmp_path / "b.zip"], lab(policy)).entries] == days


def test_the_gradebook_knows_students_from_earlier_weeks(tmp_path, students):
    """A platform's number keeps its student; another of the same name is somebody else."""
    some = students[:1]
    bulk = platforms.moodle_zip(tmp_path / "bulk.zip", some)
    known = {("moodle", some[0].moodle): "Jane (section 2)"}
    assert [entry.student for entry in take_in([bulk], lab(), known=known).entries] == ["Jane (section 2)"]
    known = {("moodle", "1"): some[0].name}
    assert [entry.student for entry in take_in([bulk], lab(), known=known).entries] == [
        f"{some[0].name} ({some[0].moodle})"
    ]


def test_members_of_a_group_in_the_roster_share_a_submission(tmp_path):
    """The platform shows the group's name only."""
    roster = roster_of(tmp_path, "name,email,group\nJane,j@x.org,Team 1\nAli,a@x.org,Team 1\nCem,c@x.org,\n")
    intake = take_in([hand_in(tmp_path / "in", "Team 1", "Cem")], lab(), roster=roster)
    groups = {entry.student: [person.student for person in entry.group] for entry in intake.entries}
    assert groups == {"Jane": ["Ali"], "Cem": []}


def test_rosters_of_ones_own(tmp_path):
    """Times in the zone of the due time, or their own; semicolons; own due times."""
    roster = roster_of(tmp_path, "Student;sis;submitted_at;due\nJane;007;2026-10-01 12:00;2026-10-05 23:59 UTC\n")
    (jane,) = roster.listed
    assert (jane.student, jane.identities) == ("Jane", (("sis", "007"),))
    assert jane.submitted_at.astimezone(UTC) == datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert jane.due == datetime(2026, 10, 5, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "roster.csv: the roster is empty"),
        ("name,email\n", "roster.csv: the roster names nobody"),
        ("who,email\nJane,j@x.org\n", "roster.csv: line 2: names no student; a roster has a column student or name"),
        ("name,email\nA,j@x.org\nB,J@x.org\n", "roster.csv: email J@x.org stands there twice"),
        ("name\nA\nA\n", "roster.csv: A stands there twice without an id; add a column email"),
        ("name,due\nA,soon\n", 'roster.csv: line 2: "soon" is not a time'),
    ],
)
def test_wrong_rosters_are_one_line(tmp_path, text, message):
    """With the line."""
    with pytest.raises(AutograderError) as caught:
        roster_of(tmp_path, text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_roster_that_is_no_text_is_one_line(tmp_path):
    """A spreadsheet's own file, say."""
    (tmp_path / "roster.csv").write_bytes(b"PK\x03\x04\xff\xfe\x00")
    with pytest.raises(AutograderError, match="is not a text file in UTF-8 or UTF-16; export it as CSV"):
        read_roster(tmp_path / "roster.csv", None)


# ---- times


def test_times_that_are_given(tmp_path):
    """For all, or by when each file was changed; what a platform tells comes first."""
    folder = hand_in(tmp_path / "in", "ann")
    given = datetime(2026, 10, 3, tzinfo=UTC)
    assert take_in([folder], lab(), submitted_at=given).entries[0].submitted_at == given
    changed = take_in([folder], lab(), submitted_at=OWN_TIME).entries[0].submitted_at
    assert abs((datetime.now(UTC) - changed).total_seconds()) < 60
    (tmp_path / "b.zip").write_bytes(platforms.packed({"Lab_jdoe_attempt_2026-10-01-10-00-00_sums.py": b"x"}))
    assert take_in([tmp_path / "b.zip"], lab(), submitted_at=given).entries[0].submitted_at.day == 1
    files = platforms.moodle_zip(tmp_path / "m.zip", platforms.a_class(1, WORKS))
    assert take_in([files], lab(), submitted_at=OWN_TIME).entries[0].submitted_at.year >= 1980


# ---- hostile and broken downloads


def test_one_broken_hand_in_costs_nobody_else(tmp_path):
    """A name that leads out, a bomb, a damaged member: that student's problem alone."""
    files = {
        "ann_1_1_sums.py": b"x = 1\n",
        "bob_2_2_../../sums.py": b"x = 1\n",
        "cem_3_3_lab1.zip": b"PK\x03\x04 no zip",
        "dee_4_4_sums.py": b"0" * (3 << 20),
    }
    (tmp_path / "c.zip").write_bytes(platforms.packed(files))
    problems = {
        entry.student: read_submission(entry, lab()).problem for entry in take_in([tmp_path / "c.zip"], lab()).entries
    }
    assert problems["ann"] == ""
    assert "leads out of its folder" in problems["bob"]
    assert "archive" in problems["cem"]
    assert "times its size" in problems["dee"]


def test_broken_metadata_is_one_line(tmp_path):
    """Not YAML, or no submissions."""
    for text in (b"a: [", b"- 1\n", b"\xff\xfe\x00"):
        (tmp_path / "g.zip").write_bytes(
            platforms.packed({"e/submission_metadata.yml": text, "e/submission_1/sums.py": b"x"})
        )
        with pytest.raises(SubmissionError, match=r"submission_metadata\.yml (cannot be read|holds no submissions)"):
            take_in([tmp_path / "g.zip"], lab())


def test_a_submission_without_metadata_keeps_its_number(tmp_path):
    """Nobody is dropped."""
    files = {
        "e/submission_metadata.yml": b"submission_2: {}\n",
        "e/submission_1/sums.py": b"x",
        "e/submission_2/sums.py": b"y",
    }
    (tmp_path / "g.zip").write_bytes(platforms.packed(files))
    assert [entry.student for entry in take_in([tmp_path / "g.zip"], lab()).entries] == ["submission_1", "submission_2"]

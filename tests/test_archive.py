"""Submissions as students hand them in, and as people attack with them."""

import bz2
import gzip
import io
import json
import lzma
import os
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import msgspec
import pytest

from autograder.archive import Entry, find_submissions, limits, read_submission
from autograder.course import load_assignment, load_course
from autograder.errors import SubmissionError
from autograder.model import Cell
from autograder.notebook import uses_cells

MINI = Path(__file__).parent / "courses" / "mini"
LAB = load_assignment(load_course(MINI), "lab1_mini")
CODE = b"def row_sums(x): ...\n"


def make_zip(entries, **info):
    """A zip of these entries; `info` sets attributes of every ZipInfo."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(entry, key, value)
            target.writestr(entry, content)
    return buffer.getvalue()


def make_tar(entries, mode="w:gz"):
    """A tar of these entries, by name or TarInfo."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as target:
        for name, content in entries.items():
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(content)
            target.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def make_notebook(*sources):
    return json.dumps({"cells": [{"cell_type": "code", "source": source} for source in sources]}).encode()


def write(folder, files):
    """Files below a folder; bytes or text by relative path."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def read_all(paths, lab=LAB):
    """Every submission in these paths."""
    return [read_submission(entry, lab) for entry in find_submissions(paths, lab)]


def read(tmp_path, name, content):
    """The one submission in a file."""
    (tmp_path / name).write_bytes(content)
    (submission,) = read_all([tmp_path / name])
    return submission


def students(paths):
    return [submission.student for submission in find_submissions(paths, LAB)]


# What a path stands for


def test_class_folder(tmp_path):
    """Each folder, archive and notebook is one student's, whatever it holds; other files are nobody's."""
    write(
        tmp_path,
        {
            "ann/sums.py": CODE,
            "bob.zip": make_zip({"sums.py": CODE}),
            "cem.tar.gz": make_tar({"sums.py": CODE}),
            "dee.ipynb": make_notebook("x = 1"),
            "eve/notes.txt": b"",
            "fay.rar": b"Rar!",
            "__MACOSX/a": b"",
            ".DS_Store": b"",
            "grades.csv": b"",
        },
    )
    submissions = read_all([tmp_path])
    assert [submission.student for submission in submissions] == ["ann", "bob", "cem", "dee", "eve", "fay"]
    assert [bool(submission.problem) for submission in submissions] == [False] * 4 + [True] * 2
    assert submissions[0].files == submissions[1].files == submissions[2].files == {"sums.py": CODE}
    assert submissions[3].cells == (Cell(1, "x = 1"),)
    assert submissions[5].problem == "archives of this kind cannot be read; hand in a .zip"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"sums.py": CODE, "old/sums.py": CODE, "x.zip": b""}, "one"),
        ({"work.ipynb": make_notebook("x"), "data/a.csv": b""}, "one"),
        ({"loses.py": CODE}, "one"),
        ({"loses.py": CODE, "data/a.csv": b""}, "one"),
        ({"lab1/sums.py": CODE}, "one"),
        ({"Lab 1/sums.py": CODE, "README.md": b""}, "one"),
        ({"lab1_mini.zip": make_zip({"sums.py": CODE})}, "one"),
        ({"src/sums.py": CODE}, "one"),
        ({"one/sums.py": CODE}, "one"),
        ({"ann/sums.py": CODE}, "ann"),
        ({"ann.zip": make_zip({"sums.py": CODE})}, "ann"),
        ({"ann/lab1/sums.py": CODE}, "ann"),
        ({"ann/loses.py": CODE}, "ann"),
        ({"a.ipynb": make_notebook("x"), "b.ipynb": make_notebook("y")}, "a b"),
        ({"a.ipynb": make_notebook("x"), "b/sums.py": CODE}, "a b"),
    ],
)
def test_submission_or_class(tmp_path, files, expected):
    """A folder on its own is a submission or a class by what it holds; see `find_submissions`."""
    assert students([write(tmp_path / "one", files)]) == expected.split()


def test_several_folders_are_several_students(tmp_path):
    """`grade lab1 submissions/*` gives one folder for each student, whatever is inside."""
    write(tmp_path, {"ann/mine/sums.py": CODE, "bob/theirs/sums.py": CODE})
    assert students([tmp_path / "ann", tmp_path / "bob"]) == ["ann", "bob"]


def test_loose_files(tmp_path):
    """.py files given together are one submission of their folder's name, and only they are read."""
    folder = write(tmp_path / "ann", {"sums.py": CODE, "means.py": b"", "other.py": b""})
    (submission,) = read_all([folder / "sums.py", folder / "means.py", folder / "sums.py"])
    assert (submission.student, sorted(submission.files)) == ("ann", ["means.py", "sums.py"])


def test_relative_paths_and_links(tmp_path, monkeypatch):
    """`.` is the folder's own name; a link that the grader gives is followed under the link's name."""
    write(tmp_path / "ann" / "deep", {"sums.py": CODE})
    monkeypatch.chdir(tmp_path / "ann" / "deep")
    assert students([Path()]) == ["deep"]
    assert students([Path(".."), Path()]) == ["ann", "deep"]
    (tmp_path / "link").symlink_to(tmp_path / "ann" / "deep")
    (linked,) = read_all([tmp_path / "link"])
    assert (linked.student, linked.files) == ("link", {"sums.py": CODE})


def test_same_student_twice(tmp_path):
    """Two entries of one name are for a person to settle, whatever their case."""
    write(tmp_path, {"bob/sums.py": CODE, "Bob.zip": make_zip({"sums.py": CODE})})
    with pytest.raises(SubmissionError, match=r"/Bob\.zip and .*/bob are both of the student 'bob'; keep one"):
        find_submissions([tmp_path], LAB)


def test_nothing_found(tmp_path):
    """An empty class says what was looked for."""
    with pytest.raises(
        SubmissionError, match=r"no submission found; looked for folders, \.zip, .*, sums\.py, means\.py"
    ):
        find_submissions([tmp_path], LAB)


@pytest.mark.parametrize(
    ("name", "message"), [("gone", "there is nothing by this name"), ("a.txt", "not a folder, .zip")]
)
def test_paths_that_are_none(tmp_path, name, message):
    """A path that cannot be a submission is an error of the command."""
    (tmp_path / "a.txt").touch()
    with pytest.raises(SubmissionError, match=message):
        find_submissions([tmp_path / name], LAB)


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("ann.zip", "ann"),
        ("ann.v2.tar.gz", "ann.v2"),
        ("ann.TGZ", "ann"),
        ("Zoe\u0308.zip", "Zo\xeb"),
        ("a\u202eb.zip", "a_b"),
    ],
)
def test_names_of_students(tmp_path, name, student):
    """The file's name without its ending, composed, without control characters."""
    assert read(tmp_path, name, make_zip({"sums.py": CODE})).student == student


def test_names_that_are_not_utf8(tmp_path):
    """Names from older Windows archives are read as such."""
    (tmp_path / os.fsdecode(b"J\xf6rg")).mkdir()
    write(tmp_path / os.fsdecode(b"J\xf6rg"), {"sums.py": CODE})
    assert students([tmp_path / os.fsdecode(b"J\xf6rg")]) == ["J\xf6rg"]


def test_unreadable_file_is_no_students_zero(tmp_path, monkeypatch):
    """What this machine cannot read stops the command instead of costing points."""
    write(tmp_path / "ann", {"sums.py": CODE})

    def refuse(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", refuse)
    (entry,) = find_submissions([tmp_path / "ann"], LAB)
    with pytest.raises(SubmissionError, match=r"ann/sums\.py: cannot be read: Permission denied"):
        read_submission(entry, LAB)


def test_folder_that_cannot_be_listed(tmp_path, monkeypatch):
    """It stops the command before anything is graded."""
    (tmp_path / "class").mkdir()

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(SubmissionError, match=r"/class: cannot be read: Permission denied"):
        find_submissions([tmp_path / "class"], LAB)


# Finding and reading are two steps


def test_finding_opens_nothing(tmp_path, monkeypatch):
    """Names alone tell which submissions there are, so a class of any size is found in little memory."""
    write(tmp_path / "class", {"ann/sums.py": CODE, "bob.zip": b"PK", "cem.ipynb": b"{"})
    write(tmp_path / "dee", {"sums.py": CODE})

    def refuse(path, *_, **__):
        raise AssertionError(f"{path} was opened")

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        patched.setattr(io, "open", refuse)  # what `Path.open` and `Path.read_bytes` call
        with pytest.raises(AssertionError, match=r"sums\.py was opened"):  # the net holds
            (tmp_path / "dee" / "sums.py").read_bytes()
        found = find_submissions([tmp_path / "class"], LAB)
        loose = find_submissions([tmp_path / "dee" / "sums.py"], LAB)
    assert found == [
        Entry("ann", tmp_path / "class" / "ann", in_class=True),
        Entry("bob", tmp_path / "class" / "bob.zip", in_class=True),
        Entry("cem", tmp_path / "class" / "cem.ipynb", in_class=True),
    ]
    assert loose == [Entry("dee", tmp_path / "dee", (tmp_path / "dee" / "sums.py",))]


@pytest.mark.parametrize("name", ["ann.zip", "ann.ipynb", "ann"])
def test_submission_that_is_gone(tmp_path, name):
    """What was removed after it was found stops the command; it is no student's zero."""
    write(tmp_path, {"ann/sums.py": CODE} if name == "ann" else {name: CODE})
    (entry,) = find_submissions([tmp_path / name], LAB)
    (tmp_path / name).rename(tmp_path / "elsewhere")
    with pytest.raises(SubmissionError, match=rf"/{name}: cannot be read: No such file or directory"):
        read_submission(entry, LAB)


# What is read of a submission


def test_root_is_found(tmp_path):
    """A lab folder zipped as a whole is stripped, with a note; helpers of any name and data come along."""
    submission = read(
        tmp_path,
        "ann.zip",
        make_zip({"x/lab1/sums.py": CODE, "x/lab1/my.py": b"1", "x/lab1/d/a.csv": b"2", "x/readme.txt": b""}),
    )
    assert submission.files == {"sums.py": CODE, "my.py": b"1", "d/a.csv": b"2"}
    assert submission.notes == ("found your files in x/lab1/",)


@pytest.mark.parametrize(
    ("names", "root"),
    [
        (["a/sums.py", "sums.py"], ""),
        (["a/sums.py", "b/sums.py", "b/means.py"], "b/"),
        (["a/sums.py", "old lab1/sums.py"], "old lab1/"),
        (["b/sums.py", "a/sums.py"], "a/"),
        (["a/b/sums.py", "c/x.ipynb"], "c/"),
    ],
)
def test_which_root(tmp_path, names, root):
    """The shallowest folder counts, then the one with most files, then the one named like the lab."""
    entries = {name: make_notebook(name) if name.endswith("ipynb") else name.encode() for name in names}
    submission = read(tmp_path, "ann.zip", make_zip(entries))
    contents = [content.decode() for content in submission.files.values()] + [cell.source for cell in submission.cells]
    assert all(content.startswith(root) for content in contents)
    other = next(name for name in sorted(names) if not name.startswith(root) or (not root and "/" in name))
    place = other.rpartition("/")[0] + "/"
    assert f"the lab's files are in {place}, too; those were not used" in submission.notes


def test_clutter_is_left_out(tmp_path):
    """What systems and editors add is not the student's."""
    clutter = ["__MACOSX/._sums.py", ".DS_Store", "Thumbs.db", "__pycache__/sums.pyc", ".git/config", "a/.hidden"]
    clutter += [".ipynb_checkpoints/x.ipynb", "sums.pyc"]
    submission = read(tmp_path, "ann.zip", make_zip({"sums.py": CODE} | dict.fromkeys(clutter, b"x")))
    assert submission.files == {"sums.py": CODE}
    assert submission.notes == ()


def test_no_file_of_the_lab(tmp_path):
    """The student reads what was looked for and what was found."""
    names = ["a.txt", "loses.py", "b", "c", "d", "e", "f"]
    submission = read(tmp_path, "ann.zip", make_zip(dict.fromkeys(names, b"x")))
    assert submission.problem == (
        "none of the lab's files is in it: looked for sums.py, means.py or a notebook; "
        "found a.txt, b, c, d, e and 2 more"
    )
    (tmp_path / "bob").mkdir()
    (empty,) = [entry for entry in read_all([tmp_path]) if entry.student == "bob"]
    assert empty.problem.endswith("found nothing")


def test_backslashes_as_separators(tmp_path):
    """Some Windows archivers write them; nothing is wrong with that."""
    assert read(tmp_path, "ann.zip", make_zip({"lab1\\sums.py": CODE})).files == {"sums.py": CODE}


def test_utf8_names_without_the_flag(tmp_path):
    """UTF-8 names that the zip doesn't declare are read as UTF-8."""
    content = make_zip({"sums.py": CODE, "\xe9\xe9.txt": b""})
    flagged = struct.pack("<H", 0x800)
    content = content.replace(b"PK\x03\x04\x14\x00" + flagged, b"PK\x03\x04\x14\x00\0\0")
    content = content.replace(b"PK\x01\x02\x14\x03\x14\x00" + flagged, b"PK\x01\x02\x14\x03\x14\x00\0\0")
    assert zipfile.ZipFile(io.BytesIO(content)).namelist()[1] != "\xe9\xe9.txt"  # the flag is really gone
    assert "\xe9\xe9.txt" in read(tmp_path, "ann.zip", content).files


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_tar(tmp_path, mode):
    """Tars are read with and without gzip, whatever they are called."""
    assert read(tmp_path, "ann.zip", make_tar({"lab1/sums.py": CODE}, mode)).files == {"sums.py": CODE}


def test_archive_in_a_folder_or_archive(tmp_path):
    """A lone archive inside is opened, once."""
    inner = make_zip({"sums.py": CODE})
    submission = read(tmp_path, "ann.zip", make_zip({"hand-in/lab1.zip": inner, "readme.txt": b""}))
    assert submission.files == {"sums.py": CODE}
    assert submission.notes == ("opened hand-in/lab1.zip, which was inside",)
    twice = read(tmp_path, "bob.zip", make_zip({"a.zip": make_zip({"b.zip": inner})}))
    assert "found b.zip" in twice.problem
    two = read(tmp_path, "cem.zip", make_zip({"a.zip": inner, "b.zip": inner}))
    assert "found a.zip, b.zip" in two.problem
    broken = read(tmp_path, "dee.zip", make_zip({"a.zip": b"PK"}))
    assert broken.problem.startswith("a.zip, inside: the archive is damaged")


def test_links_in_folders(tmp_path):
    """Links in a folder are never followed; the student is told how many there were."""
    folder = write(tmp_path / "ann", {"sums.py": CODE})
    secret = write(tmp_path / "secret", {"means.py": b"secret"})
    (folder / "means.py").symlink_to(secret / "means.py")
    (folder / "more").symlink_to(secret)
    (folder / ".hidden").symlink_to(secret)
    (submission,) = read_all([folder])
    assert submission.files == {"sums.py": CODE}
    assert submission.notes == ("2 symbolic links were left out",)
    (folder / "more").unlink()
    assert read_all([folder])[0].notes == ("1 symbolic link was left out",)


def test_link_in_place_of_a_submission(tmp_path):
    """A link among a class's entries is not followed."""
    write(tmp_path / "class", {"ann/sums.py": CODE, "bob/sums.py": CODE})
    write(tmp_path / "secret", {"sums.py": b"secret"})
    (tmp_path / "class" / "eve").symlink_to(tmp_path / "secret")
    eve = read_all([tmp_path / "class"])[2]
    assert eve.problem == "a link was found instead of a folder or file; hand in the files themselves"


def test_pipe_in_a_folder(tmp_path):
    """A pipe is not opened, so reading never hangs."""
    folder = write(tmp_path / "ann", {"sums.py": CODE})
    os.mkfifo(folder / "means.py")
    assert read_all([folder])[0].problem == "means.py is not a regular file; leave it out"


# Notebooks


def test_notebook_and_files(tmp_path):
    """Cells serve the questions whose file is not there, and a note says so; otherwise there is nothing to say."""
    folder = write(tmp_path / "ann", {"sums.py": CODE, "work.ipynb": make_notebook("x = 1", "%%writefile h.py\ny = 2")})
    (submission,) = read_all([folder])
    assert submission.files == {"sums.py": CODE, "h.py": b"y = 2\n"}
    assert submission.cells == (Cell(1, "x = 1"),)
    assert submission.notes == (
        "work.ipynb: cell 2 writes h.py",
        "1.2: work.ipynb counts; there is no means.py",
    )
    write(folder, {"means.py": b""})
    assert read_all([folder])[0].notes == ("work.ipynb: cell 2 writes h.py",)


def test_written_file_does_not_replace_one(tmp_path):
    """What was handed in as a file wins over what a cell would write."""
    folder = write(tmp_path / "ann", {"sums.py": CODE, "a.ipynb": make_notebook("%%writefile sums.py\nx", "y")})
    (submission,) = read_all([folder])
    assert submission.files == {"sums.py": CODE}
    assert "sums.py was used as handed in, not as the notebook writes it" in submission.notes


def test_untouched_stub_beside_a_notebook(tmp_path):
    """Who works in the notebook and leaves the stub as it was is graded by the notebook."""
    lab = msgspec.structs.replace(LAB, template=write(tmp_path / "t", {"sums.py": b"def row_sums(x):\n    raise E\n"}))
    stub = b"def row_sums(x):\r\n    raise E\r\n"
    folder = write(tmp_path / "ann", {"sums.py": stub, "a.ipynb": make_notebook("def row_sums(x): return 1")})
    (submission,) = read_all([folder], lab)
    assert submission.notes == (
        "1.1: a.ipynb counts; sums.py is still the stub there",
        "1.2: a.ipynb counts; there is no means.py",
    )
    assert uses_cells(submission, lab.questions[0], lab)
    write(folder, {"a.ipynb": make_notebook("import sums")})
    assert not uses_cells(read_all([folder], lab)[0], lab.questions[0], lab)
    write(folder, {"sums.py": CODE, "a.ipynb": make_notebook("def row_sums(x): return 1")})
    (submission,) = read_all([folder], lab)
    assert not uses_cells(submission, lab.questions[0], lab)
    assert submission.notes[0] == (
        "1.1: sums.py counts, and what a.ipynb has does not: the file wins where both have code"
    )


@pytest.mark.parametrize(
    ("names", "used"),
    [
        (["a.ipynb", "lab1.ipynb", "zzzzzzzz.ipynb"], "lab1.ipynb"),
        (["a.ipynb", "week 1.ipynb", "week 10.ipynb"], "week 1.ipynb"),
        (["a.ipynb", "longest.ipynb"], "longest.ipynb"),
    ],
)
def test_several_notebooks(tmp_path, names, used):
    """The one named for the lab is used, or with its number, or the largest; the student is told."""
    submission = read(tmp_path, "ann.zip", make_zip({name: make_notebook(name) for name in names}))
    assert submission.cells[0].source == used
    assert f"of {len(names)} notebooks, {used} was used" in submission.notes


def test_broken_notebook(tmp_path):
    """On its own it is the problem; beside the lab's files it is a note."""
    assert read(tmp_path, "ann.ipynb", b"{").problem.startswith("ann.ipynb: the notebook is damaged: it is not JSON")
    assert read(tmp_path, "bob.ipynb", make_notebook("")).problem == "bob.ipynb: the notebook holds no code"
    submission = read(tmp_path, "cem.zip", make_zip({"sums.py": CODE, "a.ipynb": b"{"}))
    assert submission.problem == ""
    assert submission.notes[0].startswith("a.ipynb was not used: the notebook is damaged")


# What is refused


def member(name, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def link_mode(kind):
    return {"create_system": 3, "external_attr": (kind | 0o777) << 16}


ENCRYPTED = make_zip({"sums.py": CODE})
ENCRYPTED = ENCRYPTED.replace(b"PK\x01\x02\x14\x03\x14\x00\0\0", b"PK\x01\x02\x14\x03\x14\x00\1\0")
GOOD_TAR = make_tar({"sums.py": CODE, "b.py": CODE}, "w")
DAMAGED = "the archive is damaged or incomplete; make it again and hand it in again"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the archive is an empty file; make it again and hand it in again"),
        (make_zip({}), "the archive is empty: it holds no file that counts"),
        (make_zip({"__MACOSX/a": b""}), "the archive is empty: it holds no file that counts"),
        (make_tar({}), "the archive is empty: it holds no file that counts"),
        (b"7z\xbc\xaf\x27\x1c", "archives of this kind cannot be read; hand in a .zip"),
        (b"<html>", DAMAGED),
        (make_zip({"sums.py": CODE})[:-30], DAMAGED),
        (make_zip({"sums.py": CODE}).replace(zlib.compress(CODE)[2:6], b"\xff\xff\xff\xff", 1), DAMAGED),
        (make_tar({"sums.py": CODE * 99})[:-20], DAMAGED),
        (make_tar({"sums.py": CODE * 99}, "w")[:700], DAMAGED),
        (GOOD_TAR[:1100] + b"\xff" + GOOD_TAR[1101:], DAMAGED),
        (b"\x1f\x8b" + b"\0" * 50, DAMAGED),
        (ENCRYPTED, "the archive is encrypted; make it again without a password"),
        (
            make_zip({"sums.py": CODE}, compress_type=zipfile.ZIP_LZMA),
            "sums.py is compressed in an unusual way; make an ordinary .zip",
        ),
        (
            make_zip({"../sums.py": CODE}),
            'the name "../sums.py" leads out of its folder; use plain relative names',
        ),
        (
            make_tar({"/sums.py": CODE}),
            'the name "/sums.py" leads out of its folder; use plain relative names',
        ),
        (
            make_zip({"a\\..\\..\\sums.py": CODE}),
            'the name "a\\\\..\\\\..\\\\sums.py" leads out of its folder; use plain relative names',
        ),
        (
            make_zip({"C:\\sums.py": CODE}),
            'the name "C:\\\\sums.py" leads out of its folder; use plain relative names',
        ),
        (make_zip({"sums.py": b"/etc"}, **link_mode(stat.S_IFLNK)), "sums.py is a link; hand in the file itself"),
        (make_tar({member("sums.py", tarfile.SYMTYPE, "a"): b""}), "sums.py is a link; hand in the file itself"),
        (make_tar({member("sums.py", tarfile.LNKTYPE, "a"): b""}), "sums.py is a link; hand in the file itself"),
        (
            make_zip({"sums.py": b""}, **link_mode(stat.S_IFIFO)),
            "sums.py is a device or pipe, not a file; leave it out",
        ),
        (
            make_tar({member("sums.py", tarfile.FIFOTYPE): b""}),
            "sums.py is a device or pipe, not a file; leave it out",
        ),
        (
            make_tar({member("sums.py", tarfile.CHRTYPE): b""}),
            "sums.py is a device or pipe, not a file; leave it out",
        ),
        (make_zip({"sums.py": b"", "Sums.py": b""}), "sums.py and Sums.py have the same name; keep one"),
        (make_tar({"sums.py": b"", "./sums.py": b""}), "sums.py and sums.py have the same name; keep one"),
        (
            make_zip({"e\u0301.py": b"", "\xc9.py": b""}),
            "\xe9.py and \xc9.py have the same name; keep one",
        ),
        (make_zip({"a": b"", "A/sums.py": b""}), "a and A/sums.py have the same name; keep one"),
        (make_zip({"A/sums.py": b"", "a": b""}), "a is both a file and a folder; keep one"),
        (
            make_zip({"sums\n.py": CODE}),
            'the name "sums\\n.py" holds invisible control characters; rename the file',
        ),
        (
            make_zip({"sums\u202e.py": CODE}),
            'the name "sums\\u202e.py" holds invisible control characters; rename the file',
        ),
        (
            make_zip({"sums.py": CODE}).replace(b"sums.py", b"sum\0.py"),
            'the name "sum\\x00.py" holds invisible control characters; rename the file',
        ),
        (
            make_zip({f"{number}.txt": b"" for number in range(2_001)}),
            "it holds more than 2,000 files; hand in your own files only",
        ),
        (
            make_zip({"big.bin": os.urandom(17 << 20)}),
            "big.bin is larger than 16 MiB; leave it out",
        ),
    ],
)
def test_refused(tmp_path, content, problem):
    """Each is one line for the student, and nothing of it is graded."""
    submission = read(tmp_path, "ann.zip", content)
    assert submission.problem == problem
    assert (submission.files, submission.cells) == ({}, ())


def test_bad_entry_does_not_stop_the_class(tmp_path):
    """A refused submission costs nobody else theirs."""
    write(tmp_path, {"ann.zip": b"PK", "bob/sums.py": CODE})
    ann, bob = read_all([tmp_path])
    assert (bool(ann.problem), bob.problem) == (True, "")


def test_total_size(tmp_path, monkeypatch):
    """All files together have a limit, in archives, in tars and on disk."""
    monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", 1 << 20)
    half = os.urandom(600 << 10)
    too_large = "it holds more than 1 MiB; hand in your own files only"
    assert read(tmp_path, "a.zip", make_zip({"a": half, "b": half})).problem == too_large
    assert read(tmp_path, "b.tgz", make_tar({"a": half * 4})).problem == too_large
    assert read_all([write(tmp_path / "c", {"sums.py": half, "b": half})])[0].problem == too_large
    monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", 500 << 10)
    assert read(tmp_path, "d.tar", make_tar({"a": b"\1" * (600 << 10)}, "w")).problem.startswith("it holds more than")


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_bombs(tmp_path, make):
    """More than 200 bytes for each one of the archive is a bomb, whatever sizes it states."""
    submission = read(tmp_path, "ann.zip", make({"sums.py": b"\0" * (8 << 20)}))
    assert submission.problem == "the archive unpacks to more than 200 times its size; make an ordinary .zip"


def test_bombs_in_what_is_left_out(tmp_path, monkeypatch):
    """A gzip file is unpacked as a whole, so its hidden files count; so do many of them, and the file itself."""
    hidden = {"sums.py": CODE, ".hidden": b"\0" * (8 << 20)}
    assert read(tmp_path, "a.tgz", make_tar(hidden)).problem.startswith("the archive unpacks to more than 200 times")
    monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", 1 << 20)
    random_hidden = {"sums.py": CODE, ".hidden": os.urandom(3 << 20)}
    content = make_tar(random_hidden)
    assert read(tmp_path, "b.tgz", content).problem.startswith("it holds more than 1 MiB")
    assert read(tmp_path, "c.zip", make_zip(random_hidden)).problem.startswith("it holds more than 1 MiB")
    assert read(tmp_path, "d.zip", make_zip({"sums.py": CODE, "a.tgz": CODE})).problem == ""
    monkeypatch.setattr(limits, "MAX_LEFT_OUT", 10)
    many = {"sums.py": CODE} | {f".{number}": b"" for number in range(11)}
    assert read(tmp_path, "e.zip", make_zip(many)).problem.startswith("it holds more than 2,000 files")


def test_gzip_unpacks_within_limits(tmp_path, monkeypatch):
    """Unpacking stops at twice the limit for files, however little of it would be kept."""
    monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", 200 << 10)
    half_random = os.urandom(1000) * 500  # about 500 kB, and far smaller packed
    submission = read(tmp_path, "ann.tgz", make_tar({"sums.py": CODE, ".hidden": half_random}))
    assert submission.problem.startswith("it holds more than")


def test_small_repetitive_files_are_no_bombs(tmp_path):
    """A file of zeros below a mebibyte is data."""
    assert read(tmp_path, "ann.zip", make_zip({"sums.py": CODE, "zeros.bin": b"\0" * 900_000})).problem == ""


def test_stated_sizes_are_not_believed(tmp_path):
    """A zip that states a small size for a large entry gives no more than it states, and is damaged."""
    content = make_zip({"sums.py": b"x" * 5000})
    content = content.replace(struct.pack("<I", 5000), struct.pack("<I", 10))
    assert read(tmp_path, "ann.zip", content).problem == DAMAGED


def test_table_of_contents_is_limited(tmp_path, monkeypatch):
    """A zip with a huge table of contents is refused before an object is made of each entry."""
    monkeypatch.setattr(limits, "MAX_CENTRAL_BYTES", 5_000)
    monkeypatch.setattr(limits, "MAX_ENTRIES", 10**6)
    content = make_zip({f".{number}": b"" for number in range(200)})
    assert read(tmp_path, "ann.zip", content).problem.startswith("it holds more than")


def test_tar_that_goes_backwards(tmp_path):
    """A member of negative size must not send the reader round in circles."""
    block = bytearray(GOOD_TAR[:512])
    block[:1] = b"."  # left out by its name, so that no other check sees it again and again
    block[124:136] = b"\xff" * 10 + b"\xfe\x00"  # base-256: -512, so the next header is this one
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    assert read(tmp_path, "ann.tar", GOOD_TAR[:1024] + bytes(block) * 4).problem == DAMAGED


def test_concatenated_gzip(tmp_path):
    """A gzip file may have several parts."""
    tar = make_tar({"sums.py": CODE}, "w")
    content = gzip.compress(tar[:700]) + gzip.compress(tar[700:])
    assert read(tmp_path, "ann.tgz", content).files == {"sums.py": CODE}


def test_damaged_bytes_never_escape(tmp_path):
    """Whatever single byte of an archive is changed, reading ends with a submission."""
    for content in (make_zip({"lab1/sums.py": CODE, "a": b"x"}), make_tar({"sums.py": CODE}), GOOD_TAR[:2048]):
        for position in range(0, len(content), 3):
            damaged = content[:position] + bytes([content[position] ^ 0xA5]) + content[position + 1 :]
            read(tmp_path, "ann.zip", damaged)


def test_truncated_bytes_never_escape(tmp_path):
    """Wherever an archive ends, reading ends with a submission."""
    for content in (make_zip({"lab1/sums.py": CODE}), make_tar({"sums.py": CODE}), GOOD_TAR[:2048]):
        for length in range(0, len(content), 5):
            read(tmp_path, "ann.zip", content[:length])


def test_nothing_is_written(tmp_path):
    """Reading leaves the disk as it was."""
    write(tmp_path, {"ann.zip": make_zip({"lab1/sums.py": CODE}), "bob.tgz": make_tar({"sums.py": CODE})})
    before = sorted(tmp_path.rglob("*"))
    read_all([tmp_path])
    assert sorted(tmp_path.rglob("*")) == before


def test_solutions_are_a_submission(tmp_path):
    """The reference solution can be handed in like anything else."""
    shutil.copytree(LAB.solutions, tmp_path / "reference", ignore=shutil.ignore_patterns("__pycache__"))
    (submission,) = read_all([tmp_path / "reference"])
    assert sorted(submission.files) == ["helpers.py", "means.py", "sums.py"]


def test_folders_without_end_are_refused(tmp_path):
    """Hundreds of them in each other would make whoever copies them run out of stack."""
    submission = read(tmp_path, "ann.zip", make_zip({"sums.py": CODE, "/".join(["d"] * 40) + "/x.py": b""}))
    assert submission.problem == "it holds folders that lie more than 32 deep; hand in your own files only"
    assert read(tmp_path, "bob.zip", make_zip({"sums.py": CODE, "/".join(["d"] * 30) + "/x.py": b""})).problem == ""


# Containers that are odd, and right or wrong


class _Pipe(io.RawIOBase):
    """What cannot be written to twice: a zip there states sizes after the bytes."""

    def __init__(self):
        self.content = b""

    def writable(self):
        return True

    def write(self, data):
        self.content += bytes(data)
        return len(data)


def piped_zip():
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sums.py", CODE)
    return pipe.content


def zip64():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, archive.open("sums.py", "w", force_zip64=True) as entry:
        entry.write(CODE)
    return stream.getvalue()


def odd_tar(name="b.py", form=tarfile.GNU_FORMAT, **fields):
    """A tar of sums.py and a member with these fields."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for path, changed in (("sums.py", {}), (name, fields)):
            info = tarfile.TarInfo(path)
            info.size = len(CODE)
            for field, value in changed.items():
                setattr(info, field, value)
            archive.addfile(info, io.BytesIO(CODE))
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(zip64(), id="sizes of 64 bits"),
        pytest.param(piped_zip(), id="sizes after the bytes"),
        pytest.param(make_zip({"sums.py": CODE}) + b"\0" * 100, id="bytes after the end"),
        pytest.param(make_zip({"a.py": CODE}) + make_zip({"sums.py": CODE}), id="another zip before it"),
        pytest.param(odd_tar("a" * 90 + "/" + "b" * 90), id="a long name in GNU's way"),
        pytest.param(odd_tar("a" * 90 + "/" + "b" * 90, tarfile.PAX_FORMAT), id="a long name in POSIX's way"),
        pytest.param(odd_tar(type=tarfile.CONTTYPE), id="a contiguous file"),
    ],
)
def test_odd_containers_are_read(tmp_path, content):
    """As other readers read them."""
    submission = read(tmp_path, "ann.zip", content)
    assert submission.problem == ""
    assert submission.files["sums.py"] == CODE


OTHER_KIND = "archives of this kind cannot be read; hand in a .zip"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(make_zip({"sums.py": CODE}).replace(b"sums.py", b"evil.py", 1), DAMAGED, id="headers disagree"),
        pytest.param(b"#!/bin/sh\n" + make_zip({"sums.py": CODE}), DAMAGED, id="a program with a zip in it"),
        pytest.param(odd_tar(type=b"Z"), "b.py is a device or pipe, not a file; leave it out", id="an unknown type"),
        pytest.param(odd_tar(form=tarfile.PAX_FORMAT, pax_headers={"size": "-5"}), DAMAGED, id="a negative size"),
        pytest.param(
            odd_tar(form=tarfile.PAX_FORMAT, pax_headers={"size": "9" * 14}), DAMAGED, id="a size beyond the end"
        ),
        pytest.param(
            odd_tar(form=tarfile.PAX_FORMAT, pax_headers={"GNU.sparse.map": "0,6", "GNU.sparse.size": "9999999999"}),
            "the archive unpacks to more than 200 times its size; make an ordinary .zip",
            id="ten gigabytes of holes",
        ),
        pytest.param(bz2.compress(GOOD_TAR), OTHER_KIND, id="bzip2"),
        pytest.param(lzma.compress(GOOD_TAR), OTHER_KIND, id="xz"),
        pytest.param(b"Rar!\x1a\x07\x01\0", OTHER_KIND, id="rar"),
        pytest.param(b"\x28\xb5\x2f\xfd", OTHER_KIND, id="zstandard"),
        pytest.param(gzip.compress(CODE), DAMAGED, id="one gzipped file"),
        pytest.param(gzip.compress(GOOD_TAR) + b"junk", DAMAGED, id="something after a gzip"),
    ],
)
def test_odd_containers_are_refused(tmp_path, content, problem):
    """Each is one line for the student."""
    submission = read(tmp_path, "ann.zip", content)
    assert submission.problem == problem
    assert submission.files == {}


def test_names_in_the_code_page_of_dos(tmp_path):
    """What an old Windows archiver wrote is read as such."""
    content = make_zip({"@@.py": b"", "sums.py": CODE}).replace(b"@@.py", b"\x81\x84.py")
    assert sorted(read(tmp_path, "ann.zip", content).files) == ["sums.py", "üä.py"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_of_windows_are_kept(tmp_path, encoding):
    """Bytes arrive as they were handed in; Python decides what it reads."""
    content = "x = 1\r\n".encode(encoding)
    assert read(tmp_path, "ann.zip", make_zip({"sums.py": content})).files == {"sums.py": content}
